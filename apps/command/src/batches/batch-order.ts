import type { Ledger } from '../ledger/ledger';

/**
 * Keeps the commands of one batch in order. The ledger keeps those to an account in order of
 * arrival, but of a command about an earlier transaction it knows the accounts only once it has
 * that transaction: until then, what comes after it in the batch waits.
 */
export class BatchOrder {
  private before: Promise<void> | undefined;

  constructor(private readonly ledger: Ledger) {}

  /** What a command waits for; asked in the batch's order. Never rejects. */
  next(originalId: string | undefined): Promise<void> | undefined {
    const { before } = this;
    const brought = originalId === undefined ? undefined : this.ledger.bring(originalId);
    // What it resolves with is kept until the batch ends: nothing, and so nothing of those before.
    if (brought) this.before = brought.then(() => before);
    return this.before;
  }
}

import type { Ledger } from '../ledger/ledger';

/**
 * Keeps the commands of one batch in order. The ledger keeps those to an account in order of
 * arrival, but of a command about an earlier transaction it knows the accounts only once it has
 * that transaction: until then, what comes after it in the batch waits.
 */
export class BatchOrder {
  private before: Promise<unknown> | undefined;

  constructor(private readonly ledger: Ledger) {}

  /** What a command waits for; asked in the batch's order. Never rejects. */
  next(originalId: string | undefined): Promise<unknown> | undefined {
    const brought = originalId === undefined ? undefined : this.ledger.bring(originalId);
    if (brought) this.before = Promise.all([this.before, brought]);
    return this.before;
  }
}

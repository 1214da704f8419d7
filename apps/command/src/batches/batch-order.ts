import type { Ledger } from '../ledger/ledger';

/** A command's place in the order of its batch. */
export interface Turn {
  /** What it waits for; never rejects. */
  readonly before: Promise<void> | undefined;
  /** To be called once, when the command is answered. */
  leave(): void;
}

const inPlace = (): void => undefined;

/**
 * Keeps the commands of one batch in order. The ledger keeps those to an account in order of
 * arrival, but of a command about an earlier transaction it knows the accounts only once it has
 * that transaction: until then, what comes after it in the batch waits.
 */
export class BatchOrder {
  private before: Promise<void> | undefined;

  constructor(private readonly ledger: Ledger) {}

  /** A command's turn; asked in the batch's order. The transaction stays in memory until it left. */
  next(originalId: string | undefined): Turn {
    if (originalId === undefined) return { before: this.before, leave: inPlace };
    const { before } = this;
    const { arrival, letGo } = this.ledger.bring(originalId);
    // What it resolves with is kept until the batch ends: nothing, and so nothing of those before.
    if (arrival) this.before = arrival.then(() => before);
    return { before: this.before, leave: letGo };
  }
}

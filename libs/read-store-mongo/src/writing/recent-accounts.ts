import type { AccountView } from '@daybook/ledger-contracts';

/**
 * The account views that a worker wrote last: as they are stored, unless someone else wrote since,
 * which the guard finds out.
 */
export class RecentAccounts {
  readonly #views = new Map<string, AccountView>();

  constructor(private readonly max: number) {}

  get(id: string): AccountView | undefined {
    return this.#views.get(id);
  }

  /** Keeps what was written; the oldest give way. */
  keep(written: readonly AccountView[]): void {
    for (const view of written) {
      this.#views.delete(view._id);
      this.#views.set(view._id, view);
    }
    for (const id of this.#views.keys()) {
      if (this.#views.size <= this.max) break;
      this.#views.delete(id);
    }
  }
}

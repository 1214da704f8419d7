import type { BatchChanges, ViewKeys } from '@daybook/read-model';
import type { ViewDocuments } from '../collections/views';

/** Views of one kind, the oldest giving way. */
class Recent<Id, View> {
  readonly #views = new Map<Id, View>();

  constructor(private readonly max: number) {}

  of(ids: readonly Id[]): { readonly known: readonly View[]; readonly unknown: readonly Id[] } {
    const known: View[] = [];
    const unknown: Id[] = [];
    for (const id of ids) {
      const view = this.#views.get(id);
      if (view === undefined) unknown.push(id);
      else known.push(view);
    }
    return { known, unknown };
  }

  keep(id: Id, view: View): void {
    this.#views.delete(id);
    this.#views.set(id, view);
    if (this.#views.size <= this.max) return;
    for (const oldest of this.#views.keys()) {
      this.#views.delete(oldest);
      return;
    }
  }
}

/**
 * The views that a worker wrote last and is likely to need again: as they are stored, unless
 * someone else wrote since, which the guard finds out.
 */
export class RecentViews {
  readonly accounts = new Recent<string, ViewDocuments['accounts']>(20_000);
  readonly external_accounts = new Recent<string, ViewDocuments['external_accounts']>(2_000);
  readonly totals = new Recent<string, ViewDocuments['totals']>(2_000);
  readonly clock = new Recent<number, ViewDocuments['clock']>(10);

  /** What is known of a batch's views, and the keys of what must be read. */
  of(keys: ViewKeys) {
    return {
      accounts: this.accounts.of(keys.accounts),
      external_accounts: this.external_accounts.of(keys.external_accounts),
      totals: this.totals.of(keys.totals),
      clock: this.clock.of(keys.clock),
    };
  }

  /** Keeps what a batch has written. */
  keep({ accounts, external_accounts, totals, clock }: BatchChanges): void {
    for (const { after } of accounts) this.accounts.keep(after._id, after);
    for (const { after } of external_accounts) this.external_accounts.keep(after._id, after);
    for (const { after } of totals) this.totals.keep(after._id, after);
    for (const { after } of clock) this.clock.keep(after._id.getTime(), after);
  }
}

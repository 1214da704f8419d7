import { PARTITIONS } from '@daybook/ledger-contracts';
import type { LogGroup } from '../recorded-event';
import { foldBatch, type BatchChanges } from './fold-batch';
import type { ViewChange } from './folding-views';
import { readGroups } from './read-records';

export const ALL = new Set(Array.from({ length: PARTITIONS }, (_, partition) => partition));

type Views = Record<string, Map<string | number, unknown>>;

/** Views kept in memory: points never change, documents are replaced. */
export class MemoryViews {
  readonly views: Views = {};
  readonly quarantined = new Map<string, number>();

  apply(groups: readonly LogGroup[], partitions: ReadonlySet<number> = ALL): BatchChanges {
    const loaded = {
      accounts: this.#view('accounts'),
      transactions: this.#view('transactions'),
      external_accounts: this.#view('external_accounts'),
      totals: this.#view('totals'),
      clock: this.#view('clock'),
    } as never;
    const read = readGroups(groups, partitions);
    const changes = foldBatch(read, partitions, loaded, this.quarantined);
    for (const kind of ['entries', 'holds', 'states'] as const) {
      for (const point of changes[kind]) this.#insert(kind, point);
    }
    for (const kind of ['accounts', 'transactions', 'external_accounts', 'totals'] as const) {
      const changed: readonly ViewChange<{ readonly _id: string }>[] = changes[kind];
      this.#replace(kind, changed, ({ _id }) => _id);
    }
    this.#replace('clock', changes.clock, ({ _id }) => _id.getTime());
    for (const stream of changes.quarantine) {
      this.#insert('quarantine', stream);
      this.quarantined.set(stream._id, stream.revision);
    }
    return changes;
  }

  #view(name: string): Map<string | number, unknown> {
    return (this.views[name] ??= new Map());
  }

  #insert(name: string, point: { readonly _id: string }): void {
    const known = this.#view(name).get(point._id);
    if (known === undefined) this.#view(name).set(point._id, point);
    else expect(point).toEqual(known);
  }

  #replace<View>(
    name: string,
    changes: readonly ViewChange<View>[],
    id: (view: View) => string | number,
  ): void {
    for (const { after } of changes) this.#view(name).set(id(after), after);
  }
}

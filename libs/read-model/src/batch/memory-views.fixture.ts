import { allPartitions } from '@daybook/ledger-contracts';
import { RecomputedViews } from '../recompute/recomputed-views';
import type { LogGroup } from '../recorded-event';
import type { BatchChanges } from './fold-batch';

export const ALL = new Set(allPartitions);

type Points = Map<string, object>;

/** All views in memory, points too; a point that is written twice must be the same. */
export class MemoryViews {
  readonly points = { entries: new Map(), holds: new Map(), states: new Map() } satisfies Record<
    string,
    Points
  >;
  readonly quarantine: Points = new Map();
  readonly #documents = new RecomputedViews();

  apply(groups: readonly LogGroup[], partitions: ReadonlySet<number> = ALL): BatchChanges {
    const changes = this.#documents.apply(groups, partitions);
    for (const kind of ['entries', 'holds', 'states'] as const) {
      for (const point of changes[kind]) insert(this.points[kind], point);
    }
    for (const stream of changes.quarantine) insert(this.quarantine, stream);
    return changes;
  }

  /** Everything, by name and id. */
  get views(): Readonly<Record<string, ReadonlyMap<string | number, unknown>>> {
    const { accounts, transactions, external_accounts, totals, clock } = this.#documents;
    const documents = { accounts, transactions, external_accounts, totals, clock };
    return { ...documents, ...this.points, quarantine: this.quarantine };
  }
}

function insert(points: Points, point: { readonly _id: string }): void {
  const known = points.get(point._id);
  if (known === undefined) points.set(point._id, point);
  else expect(point).toEqual(known);
}

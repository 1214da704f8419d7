import type { RecomputedViews } from '@daybook/read-model';
import type { Document } from 'mongodb';
import type { ViewName } from '../collections/collection-names';
import type { Views } from '../collections/views';
import { readExternal, readTotal } from '../writing/stored-views';
import { documentDifferences, type Difference } from './differences';

const CHUNK = 500;

/** Differences between the documents that the log leads to and all those stored. */
export async function* compareDocuments(
  views: Views,
  recomputed: RecomputedViews,
): AsyncGenerator<readonly Difference[], void, void> {
  const { accounts, transactions, external_accounts, totals, clock } = recomputed;
  yield* compareAll(views, 'accounts', accounts);
  yield* compareAll(views, 'transactions', transactions);
  yield* compareAll(views, 'external_accounts', external_accounts, (stored) =>
    readExternal(stored as never),
  );
  yield* compareAll(views, 'totals', totals, (stored) => readTotal(stored as never));
  yield* compareAll(views, 'clock', clock);
  yield await compareQuarantine(views, recomputed.quarantined);
}

/** Reads the whole collection once, in order of `_id`, so that extra documents are named too. */
async function* compareAll(
  views: Views,
  name: ViewName,
  expected: ReadonlyMap<string | number, object>,
  read: (stored: Document) => Document = (stored) => stored,
): AsyncGenerator<readonly Difference[], void, void> {
  const seen = new Set<string | number>();
  let differences: Difference[] = [];
  for await (const stored of views.collection(name).find({}, { batchSize: CHUNK })) {
    const key = keyOf(stored as Document);
    const label = labelOf(key);
    const wanted = expected.get(key);
    seen.add(key);
    if (!wanted) differences.push({ where: name, id: label, detail: 'is not in the log' });
    else differences.push(...documentDifferences(name, label, read(stored), wanted));
    if (differences.length >= CHUNK) {
      yield differences;
      differences = [];
    }
  }
  for (const key of expected.keys()) {
    if (!seen.has(key)) differences.push({ where: name, id: labelOf(key), detail: 'is missing' });
  }
  yield differences;
}

const keyOf = ({ _id }: Document): string | number =>
  _id instanceof Date ? _id.getTime() : String(_id);

const labelOf = (key: string | number): string =>
  typeof key === 'number' ? new Date(key).toISOString() : key;

async function compareQuarantine(
  views: Views,
  expected: ReadonlyMap<string, number>,
): Promise<readonly Difference[]> {
  const where = 'quarantine';
  const stored = await views.collection(where).find().toArray();
  const known = new Map(stored.map(({ _id, revision }) => [_id, revision]));
  const healthy = stored.filter(({ _id }) => !expected.has(_id));
  const unknown = [...expected].filter(([stream, revision]) => known.get(stream) !== revision);
  return [
    ...healthy.map(({ _id }) => ({ where, id: _id, detail: 'can be applied' })),
    ...unknown.map(([id, revision]) => ({ where, id, detail: `revision ${revision} is missing` })),
  ];
}

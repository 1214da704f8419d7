import type { Collection, Document, Filter, FindOptions } from 'mongodb';
import { mapBounded } from './map-bounded';
import type { Bound, PagedList } from './page';
import { POINT_READS_MAX, QUERY_TIME_MS_MAX } from './query-limits';

/** A place in the order of a collection's fields; the last field makes it unique. */
export type KeysetKey = readonly (Date | bigint | number | string)[];

/** Documents in the order of some fields, paged by their values and never by offset. */
export interface Keyset<Doc extends Document> {
  readonly collection: Collection<Doc>;
  /** Must not name the first order field: its range comes as `low` and `high` of a read. */
  readonly filter: Filter<Doc>;
  readonly order: readonly string[];
  /** Range of the first order field, besides the page's own. */
  readonly range?: Readonly<Record<string, unknown>> | undefined;
  readonly projection?: Document | undefined;
}

/** The list of a keyset: each page is one seek in the index that has the order's fields. */
export function keysetList<Doc extends Document>(keyset: Keyset<Doc>): PagedList<KeysetKey, Doc> {
  const { collection, order, projection } = keyset;
  return {
    read: async (low, high, direction, limit) => {
      const options: FindOptions = {
        sort: Object.fromEntries(order.map((field) => [field, direction])),
        limit,
        maxTimeMS: QUERY_TIME_MS_MAX,
        ...(projection && { projection }),
      };
      const filter = keysetFilter(keyset, low, high);
      return (await collection.find(filter, options).toArray()) as unknown as Doc[];
    },
  };
}

/** Lists in one order as one list, each document once; every page is one seek in each of them. */
export function mergedList<Doc extends { readonly _id: string }>(
  lists: readonly PagedList<KeysetKey, Doc>[],
  keyOf: (doc: Doc) => KeysetKey,
): PagedList<KeysetKey, Doc> {
  return {
    read: async (low, high, direction, limit) => {
      const read = (list: PagedList<KeysetKey, Doc>) => list.read(low, high, direction, limit);
      const found = (await mapBounded(lists, POINT_READS_MAX, read)).flat();
      return [...new Map(found.map((doc) => [doc._id, doc])).values()]
        .sort((a, b) => direction * compareKeys(keyOf(a), keyOf(b)))
        .slice(0, limit);
    },
  };
}

function compareKeys(a: KeysetKey, b: KeysetKey): number {
  for (const [at, part] of a.entries()) {
    const other = b[at] as typeof part;
    if (part < other) return -1;
    if (part > other) return 1;
  }
  return 0;
}

/** How many documents a keyset has in all. */
export function keysetCount<Doc extends Document>(keyset: Keyset<Doc>): Promise<number> {
  return keyset.collection.countDocuments(keysetFilter(keyset, undefined, undefined), {
    maxTimeMS: QUERY_TIME_MS_MAX,
  });
}

/** How many documents a keyset has for each value of an expression, all from one reading. */
export async function* keysetCounts<Doc extends Document>(
  keyset: Keyset<Doc>,
  expression: Document,
): AsyncGenerator<{ readonly value: unknown; readonly count: number }> {
  const groups = keyset.collection.aggregate<{ _id: unknown; count: unknown }>(
    [
      { $match: keysetFilter(keyset, undefined, undefined) },
      { $group: { _id: expression, count: { $sum: 1 } } },
    ],
    { maxTimeMS: QUERY_TIME_MS_MAX },
  );
  for await (const { _id: value, count } of groups) yield { value, count: Number(count) };
}

function keysetFilter<Doc extends Document>(
  { filter, order, range }: Keyset<Doc>,
  low: Bound<KeysetKey> | undefined,
  high: Bound<KeysetKey> | undefined,
): Filter<Doc> {
  // The first field's range stands by itself, for the index to seek in; the rest only sifts ties.
  const conditions: Document[] = [filter];
  if (range && Object.keys(range).length > 0) conditions.push({ [order[0] as string]: range });
  if (low) conditions.push(...beyond(order, low, '$gt'));
  if (high) conditions.push(...beyond(order, high, '$lt'));
  return (conditions.length === 1 ? filter : { $and: conditions }) as Filter<Doc>;
}

function beyond(
  order: readonly string[],
  { key, inclusive }: Bound<KeysetKey>,
  operator: '$gt' | '$lt',
): Document[] {
  const orEqual = `${operator}e` as const;
  const ties = order.map((field, depth) => {
    const equal = order.slice(0, depth).map((name, at) => [name, key[at]]);
    const last = inclusive && depth === order.length - 1;
    return { ...Object.fromEntries(equal), [field]: { [last ? orEqual : operator]: key[depth] } };
  });
  if (ties.length === 1) return ties;
  return [{ [order[0] as string]: { [orEqual]: key[0] } }, { $or: ties }];
}

import type { Collection, Document, Filter, FindOptions } from 'mongodb';
import type { Bound, PagedList } from './page';
import { QUERY_TIME_MS_MAX } from './query-limits';

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

/** How many documents a keyset has in all. */
export function keysetCount<Doc extends Document>(keyset: Keyset<Doc>): Promise<number> {
  return keyset.collection.countDocuments(keysetFilter(keyset, undefined, undefined), {
    maxTimeMS: QUERY_TIME_MS_MAX,
  });
}

/** All documents of a keyset that meet a further condition, in no order. */
export function keysetDocuments<Doc extends Document>(keyset: Keyset<Doc>, condition: Filter<Doc>) {
  const filter = { $and: [keysetFilter(keyset, undefined, undefined), condition] };
  return keyset.collection.find(filter as Filter<Doc>, { maxTimeMS: QUERY_TIME_MS_MAX });
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

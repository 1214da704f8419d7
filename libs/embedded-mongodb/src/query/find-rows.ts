import { MongoError } from '../errors';
import { planQuery, type Plan, type Query } from '../indexes/planner';
import { pointOf, rowById } from '../indexes/point-lookup';
import { scan, type ScanSource } from '../indexes/scan';
import type { Row } from '../storage/row';
import { matches, type Filter } from './filter';
import { compareSortKeys, sortKey, type SortField } from './sort';
import type { Value } from '../bson/values';
import type { Doc } from '../bson/values';

/** Bytes of documents that a sort or a group may hold in memory, as in MongoDB. */
export const MEMORY_BYTES_MAX = 100 * 1024 * 1024;

/** A time limit, looked at while rows are read. */
export class Deadline {
  private reads = 0;
  private leftMs: number;
  private at: number;

  constructor(maxTimeMs: number) {
    this.leftMs = maxTimeMs > 0 ? maxTimeMs : Infinity;
    this.at = performance.now() + this.leftMs;
  }

  /** False when there is no limit. */
  get limited(): boolean {
    return this.at < Infinity;
  }

  /** The work rests until `resume`, as between two batches of a cursor: that time is the client's. */
  pause(): void {
    this.leftMs = this.at - performance.now();
  }

  resume(): void {
    this.at = performance.now() + this.leftMs;
  }

  /** Throws 50 when the time is over. */
  check(): void {
    if ((++this.reads & 31) === 0 && performance.now() > this.at) {
      throw new MongoError(50, 'operation exceeded time limit');
    }
  }
}

/** A query with bounds on how many documents it gives. */
export interface RowQuery extends Query {
  readonly skip?: number;
  readonly limit?: number;
  readonly deadline?: Deadline;
}

/** The documents that pass, in order, without more than the sort needs in memory. */
export function findRows(source: ScanSource, query: RowQuery, plan?: Plan): Iterable<Row> {
  const one = plan || query.hint !== undefined ? undefined : rowOfPoint(source, query);
  if (one) return one;
  const chosen = plan ?? planQuery(source.collection, query);
  const passing = filtered(scan(source, chosen), query.filter, query.deadline);
  const skip = query.skip ?? 0;
  const limit = query.limit ?? 0;
  const most = limit === 0 ? Infinity : skip + limit;
  const ordered = chosen.sorted
    ? passing
    : sorted(
        passing,
        query.sort,
        most,
        (row) => row.doc,
        (row) => row.bytes.length,
      );
  return skip === 0 && limit === 0 ? ordered : sliced(ordered, skip, most);
}

/** What a query for one _id finds, without a plan; undefined when it takes one. */
function rowOfPoint(source: ScanSource, { filter, skip, deadline }: RowQuery): Row[] | undefined {
  const id = pointOf(filter);
  const row = id === undefined ? undefined : rowById(source, id);
  if (row === undefined) return undefined;
  deadline?.check();
  if (row === null || (skip ?? 0) > 0) return [];
  return filter.kind === 'field' || matches(filter, row.doc) ? [row] : [];
}

function* filtered(rows: Iterable<Row>, filter: Filter, deadline?: Deadline): Generator<Row> {
  const all = filter.kind === 'and' && filter.of.length === 0;
  for (const row of rows) {
    deadline?.check();
    if (all || matches(filter, row.doc)) yield row;
  }
}

/** From `skip` up to `end`, stopping the source as soon as that is reached. */
export function* sliced<T>(items: Iterable<T>, skip: number, end: number): Generator<T> {
  let at = 0;
  if (end <= 0) return;
  for (const item of items) {
    if (at++ >= skip) yield item;
    if (at >= end) return;
  }
}

/** Stable sort that keeps at most `most` items, and refuses with 292 what memory cannot hold. */
export function* sorted<T>(
  items: Iterable<T>,
  fields: readonly SortField[],
  most: number,
  docOf: (item: T) => Doc,
  sizeOf: (item: T) => number,
): Generator<T> {
  let kept: { item: T; key: Value[]; bytes: number }[] = [];
  let bytes = 0;
  const order = (): void => {
    kept.sort((a, b) => compareSortKeys(fields, a.key, b.key));
    if (kept.length <= most) return;
    for (const dropped of kept.splice(most)) bytes -= dropped.bytes;
  };
  for (const item of items) {
    const size = sizeOf(item);
    kept.push({ item, key: sortKey(fields, docOf(item)), bytes: size });
    bytes += size;
    if (kept.length >= most * 2 + 1_000) order();
    if (bytes > MEMORY_BYTES_MAX) {
      order();
      if (bytes > MEMORY_BYTES_MAX) throw sortMemory();
    }
  }
  order();
  for (const { item } of kept) yield item;
  kept = [];
}

function sortMemory(): MongoError {
  return new MongoError(
    292,
    `Executor error during find command :: caused by :: Sort exceeded memory limit of ${MEMORY_BYTES_MAX} bytes, but did not opt in to external sorting.`,
  );
}

import { BSON_UNDEFINED, BsonType, bsonTypeOf, type Value } from '../bson/values';
import { canonicalRank } from '../ordering/canonical-type';
import { encodeKey } from '../ordering/key-encoding';
import type { Comparison, Filter } from '../query/filter';
import { afterPrefix } from '../storage/keys';
import { isNaNValue } from '../query/comparisons';

/** Some conjunct on one path, as the planner sees it. */
export interface Conjunct {
  readonly path: string;
  readonly comparison: Comparison;
  readonly filter: Extract<Filter, { kind: 'field' }>;
}

/** A place between keys: before or after all keys that begin with `key`. */
export interface Cut {
  readonly key: Buffer;
  readonly after: boolean;
}

/** The keys that one field of an index may have: single points, or one interval between cuts. */
export type FieldBounds =
  { kind: 'points'; points: readonly Value[] } | { kind: 'range'; low: Cut; high: Cut };

const POINTS_MAX = 1_000;

/** The conjuncts that must all hold for a document to pass. */
export function conjunctsOf(filter: Filter): Conjunct[] {
  if (filter.kind === 'and') return filter.of.flatMap(conjunctsOf);
  if (filter.kind !== 'field') return [];
  return [{ path: filter.path.join('.'), comparison: filter.comparison, filter }];
}

/** Bounds that hold every value for which the comparison is true, or undefined without such. */
export function boundsOf(comparison: Comparison): FieldBounds | undefined {
  switch (comparison.op) {
    case 'eq':
      return { kind: 'points', points: pointsOf(comparison.value) };
    case 'in': {
      const points = comparison.values.flatMap(pointsOf);
      const usable = !comparison.regexes && points.length <= POINTS_MAX;
      return usable ? { kind: 'points', points } : undefined;
    }
    case 'prefix':
      return prefixRange(comparison.prefix);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return rangeOf(comparison.op, comparison.value);
    default:
      return undefined;
  }
}

/** An array is found as a whole inside another array, or by its first element. */
function pointsOf(value: Value): Value[] {
  return Array.isArray(value) ? [value, value[0] ?? BSON_UNDEFINED] : [value];
}

function prefixRange(prefix: string): FieldBounds {
  const key = encodeKey(prefix);
  // Without the end mark of the string, the key is the beginning of every longer one.
  const start = key.subarray(0, key.length - 2);
  return { kind: 'range', low: { key: start, after: false }, high: { key: start, after: true } };
}

function rangeOf(op: 'gt' | 'gte' | 'lt' | 'lte', value: Value): FieldBounds | undefined {
  const type = bsonTypeOf(value);
  if (type === BsonType.MinKey || type === BsonType.MaxKey || type === BsonType.Array) {
    return undefined;
  }
  if (value === null || isNaNValue(value)) return { kind: 'points', points: [value] };
  const bracket = Buffer.from([canonicalRank(value)]);
  const cut: Cut = { key: encodeKey(value), after: op === 'gt' || op === 'lte' };
  return op.startsWith('gt')
    ? { kind: 'range', low: cut, high: { key: bracket, after: true } }
    : { kind: 'range', low: { key: bracket, after: false }, high: cut };
}

/** Both at once: only for fields that never lead through arrays. */
export function intersect(a: FieldBounds, b: FieldBounds): FieldBounds {
  // The filter is tested on every document found, so points need no second look here.
  if (a.kind === 'points') return a;
  if (b.kind === 'points') return b;
  const low = compareCuts(a.low, b.low) > 0 ? a.low : b.low;
  const high = compareCuts(a.high, b.high) < 0 ? a.high : b.high;
  return { kind: 'range', low, high };
}

function compareCuts(a: Cut, b: Cut): number {
  return Buffer.compare(cutBytes(a), cutBytes(b));
}

/** A cut as bytes: the first key at or behind it. */
export function cutBytes(cut: Cut): Buffer {
  return cut.after ? afterPrefix(cut.key) : cut.key;
}

/** True when bounds may hold missing fields, which a sparse index does not know. */
export function mayBeMissing(bounds: FieldBounds): boolean {
  return bounds.kind === 'points' && bounds.points.includes(null);
}

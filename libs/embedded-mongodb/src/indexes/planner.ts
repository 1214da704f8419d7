import { type Doc, isDoc, type Value } from '../bson/values';
import { badValue } from '../errors';
import { sameValue, compareValues } from '../ordering/compare';
import type { Filter } from '../query/filter';
import type { SortField } from '../query/sort';
import {
  boundsOf,
  type Conjunct,
  conjunctsOf,
  type FieldBounds,
  intersect,
  mayBeMissing,
} from './bounds';
import type { CollectionDefinition, IndexDefinition } from './index-definition';
import { type ByteRange, byteRanges } from './key-ranges';

/** Where the documents come from, and whether they already come in the order asked for. */
export type Plan =
  | { kind: 'collection'; sorted: boolean; reverse: boolean }
  | {
      kind: 'index';
      index: IndexDefinition;
      ranges: readonly ByteRange[];
      reverse: boolean;
      sorted: boolean;
      score: number;
    }
  | { kind: 'union'; plans: readonly Plan[]; sorted: false };

/** What a query wants of its documents. */
export interface Query {
  readonly filter: Filter;
  readonly sort: readonly SortField[];
  readonly hint?: Value | undefined;
}

const WHOLE: ByteRange = { from: Buffer.alloc(0), to: Buffer.alloc(10, 0xff) };

/** Chooses the index with the most equalities, then the one that saves a sort; else a full scan. */
export function planQuery(collection: CollectionDefinition, query: Query): Plan {
  const scan: Plan = { kind: 'collection', sorted: query.sort.length === 0, reverse: false };
  const natural = query.sort[0]?.name === '$natural' ? query.sort[0] : undefined;
  if (natural) return { ...scan, sorted: true, reverse: natural.descending };
  const conjuncts = conjunctsOf(query.filter);
  if (query.hint !== undefined) return hinted(collection, query, conjuncts, scan);
  let best: Extract<Plan, { kind: 'index' }> | undefined;
  for (const index of collection.indexes) {
    const plan = planIndex(index, query, conjuncts, false);
    if (plan && (!best || plan.score > best.score)) best = plan;
  }
  if (best && best.score >= 60) return best;
  return planUnion(collection, query) ?? best ?? scan;
}

function hinted(
  collection: CollectionDefinition,
  query: Query,
  conjuncts: readonly Conjunct[],
  scan: Plan,
): Plan {
  const { hint } = query;
  if (isDoc(hint) && hint.has('$natural')) {
    return {
      kind: 'collection',
      sorted: scan.sorted,
      reverse: sameValue(hint.get('$natural') as Value, -1),
    };
  }
  const index = collection.indexes.find((one) =>
    typeof hint === 'string' ? one.name === hint : isDoc(hint) && sameKey(one.key, hint),
  );
  if (!index) {
    throw badValue(
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  }
  return planIndex(index, query, conjuncts, true) ?? scan;
}

function sameKey(a: Doc, b: Doc): boolean {
  return compareValues(a, b) === 0;
}

/** A top-level $or is a union of indexes when each branch has one. */
function planUnion(collection: CollectionDefinition, query: Query): Plan | undefined {
  const or = orOf(query.filter);
  if (!or || query.sort.length > 0) return undefined;
  const plans: Plan[] = [];
  for (const branch of or) {
    const plan = planQuery(collection, { filter: branch, sort: [] });
    if (plan.kind === 'collection') return undefined;
    plans.push(plan);
  }
  return { kind: 'union', plans, sorted: false };
}

function orOf(filter: Filter): readonly Filter[] | undefined {
  if (filter.kind === 'or') return filter.of;
  if (filter.kind !== 'and') return undefined;
  for (const part of filter.of) if (part.kind === 'or') return part.of;
  return undefined;
}

function planIndex(
  index: IndexDefinition,
  query: Query,
  conjuncts: readonly Conjunct[],
  forced: boolean,
): Extract<Plan, { kind: 'index' }> | undefined {
  if (index.partial && !implied(index.partial, conjuncts)) return undefined;
  const bounds = fieldBounds(index, conjuncts);
  const knowsAll = !index.sparse || bounds.some((field) => !mayBeMissing(field));
  if (!knowsAll && !forced) return undefined;
  const order = sortedBy(index, bounds, query.sort);
  if (bounds.length === 0 && !forced && (order === undefined || query.sort.length === 0)) {
    return undefined;
  }
  const descending = index.fields.map((field) => field.descending);
  const ranges = bounds.length > 0 ? byteRanges(bounds, descending) : [WHOLE];
  if (!ranges) return undefined;
  return {
    kind: 'index',
    index,
    ranges,
    reverse: order === 'backward',
    sorted: order !== undefined,
    score: scoreOf(index, bounds, order !== undefined && query.sort.length > 0),
  };
}

function scoreOf(index: IndexDefinition, bounds: readonly FieldBounds[], saves: boolean): number {
  let score = saves ? 50 : 0;
  for (const field of bounds) {
    if (field.kind === 'range') score += 60;
    else score += field.points.length === 1 ? 100 : 90;
  }
  const points = bounds.every((field) => field.kind === 'points');
  const exact = points && bounds.length === index.fields.length && index.unique;
  // Of two that bound the same fields, the one with fewer further fields is smaller.
  return score + (exact ? 1_000 : 0) - index.fields.length;
}

/** Bounds for the first fields: points as long as there are some, then at most one interval. */
function fieldBounds(index: IndexDefinition, conjuncts: readonly Conjunct[]): FieldBounds[] {
  const bounds: FieldBounds[] = [];
  let throughArray = false;
  for (let at = 0; at < index.fields.length; at++) {
    const multikey = index.multikey[at] === true;
    // Two fields below one array may be met by different elements: bound only the first.
    if (multikey && throughArray) break;
    const field = boundsFor(index.fields[at]?.name as string, conjuncts, multikey);
    if (!field) break;
    bounds.push(field);
    if (field.kind === 'range') break;
    throughArray ||= multikey;
  }
  return bounds;
}

function boundsFor(
  path: string,
  conjuncts: readonly Conjunct[],
  multikey: boolean,
): FieldBounds | undefined {
  let found: FieldBounds | undefined;
  for (const conjunct of conjuncts) {
    if (conjunct.path !== path) continue;
    const bounds = boundsOf(conjunct.comparison);
    if (!bounds) continue;
    if (!found) found = bounds;
    else if (!multikey) found = intersect(found, bounds);
    else if (found.kind === 'range' && bounds.kind === 'points') found = bounds;
  }
  return found;
}

/** The direction in which the index gives the order asked for, if it does. */
function sortedBy(
  index: IndexDefinition,
  bounds: readonly FieldBounds[],
  sort: readonly SortField[],
): 'forward' | 'backward' | undefined {
  if (sort.length === 0) return 'forward';
  if (index.cutKeys) return undefined;
  const fixed = new Set<string>();
  let at = 0;
  for (const field of bounds) {
    if (field.kind !== 'points' || field.points.length !== 1) break;
    // An array is found by any of its elements, but sorts by its least or greatest.
    if (!index.multikey[at]) fixed.add(index.fields[at]?.name as string);
    at++;
  }
  if (bounds.slice(at).some((field) => field.kind === 'points' && field.points.length > 1)) {
    return undefined;
  }
  let direction: 'forward' | 'backward' | undefined;
  for (const wanted of sort) {
    if (fixed.has(wanted.name)) continue;
    const field = index.fields[at];
    if (!field || field.name !== wanted.name || index.multikey[at]) return undefined;
    const needed = field.descending === wanted.descending ? 'forward' : 'backward';
    if (direction && direction !== needed) return undefined;
    direction = needed;
    at++;
  }
  return direction ?? 'forward';
}

/** True when every document that passes the query is in the partial index. */
function implied(partial: Filter, conjuncts: readonly Conjunct[]): boolean {
  if (partial.kind === 'and') return partial.of.every((part) => implied(part, conjuncts));
  if (partial.kind !== 'field') return false;
  const path = partial.path.join('.');
  return conjuncts.some((given) => given.path === path && impliesTest(given, partial));
}

function impliesTest(given: Conjunct, partial: Extract<Filter, { kind: 'field' }>): boolean {
  const [has, wants] = [given.comparison, partial.comparison];
  if (has.op === 'eq') {
    return has.value !== null && !Array.isArray(has.value) && partial.leaf.test(has.value);
  }
  if (has.op === 'in') {
    return (
      !has.regexes &&
      has.values.length > 0 &&
      has.values.every((v) => v !== null && !Array.isArray(v) && partial.leaf.test(v))
    );
  }
  if (wants.op === 'exists') {
    return (
      has.op === 'exists' ||
      (['gt', 'gte', 'lt', 'lte'].includes(has.op) && 'value' in has && has.value !== null)
    );
  }
  if (!('value' in has) || !('value' in wants) || wants.op === 'eq') return false;
  const upward = (op: string): boolean => op.startsWith('gt');
  if (upward(has.op) !== upward(wants.op)) return false;
  if (!partial.leaf.test(has.value)) {
    return has.op === wants.op && sameValue(has.value, wants.value);
  }
  return true;
}

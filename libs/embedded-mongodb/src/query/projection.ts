import { compileExpression, valueAlong } from '../aggregate/expression';
import type { Expression, Variables } from '../aggregate/context';
import { type Doc, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import { elementTest } from './field-operators';
import type { MatchSpot } from './paths';
import { FilterScope } from './parse-filter';

/** Shapes one document of a find; `spot` is where the filter matched within an array. */
export type Projection = (doc: Doc, spot?: MatchSpot) => Doc;

/** A tree of fields: true for a whole field, else what is inside it. */
export interface FieldTree extends Map<string, FieldTree | true> {}

interface Parsed {
  included: string[];
  excluded: string[];
  computed: [string, Expression][];
  slices: [string, (items: Value[]) => Value[]][];
  elements: [string, (value: Value) => boolean][];
  positional: string | undefined;
  id: boolean | undefined;
}

/** Compiles a find projection; refuses mixtures of inclusion and exclusion with 31253 or 31254. */
export function compileProjection(
  spec: Doc,
  variables: Variables = new Map(),
): Projection | undefined {
  if (spec.size === 0) return undefined;
  const parsed: Parsed = {
    included: [],
    excluded: [],
    computed: [],
    slices: [],
    elements: [],
    positional: undefined,
    id: undefined,
  };
  for (const [name, value] of flattened(spec)) parseField(parsed, name, value, variables);
  return build(parsed, variables);
}

/** Nested documents in a projection mean dotted paths. */
function* flattened(spec: Doc, prefix = ''): Generator<[string, Value]> {
  for (const [name, value] of spec) {
    const nested = isDoc(value) && value.size > 0 && ![...value.keys()][0]?.startsWith('$');
    if (nested) yield* flattened(value, `${prefix}${name}.`);
    else yield [prefix + name, value];
  }
}

function parseField(parsed: Parsed, name: string, value: Value, variables: Variables): void {
  if (name === '' || name.split('.').includes('')) {
    throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
  }
  if (typeof value === 'boolean' || isNumeric(value)) {
    const include = value === true || (isNumeric(value) && toDouble(value) !== 0);
    if (name === '_id') parsed.id = include;
    else if (name.endsWith('.$')) parsed.positional = name.slice(0, -2);
    else (include ? parsed.included : parsed.excluded).push(name);
    return;
  }
  const operator = isDoc(value) ? [...value][0] : undefined;
  if (operator?.[0] === '$slice' && !isAggregationSlice(operator[1])) {
    parsed.slices.push([name, sliceOf(operator[1])]);
  } else if (operator?.[0] === '$elemMatch') {
    if (!isDoc(operator[1]))
      throw new MongoError(31274, 'elemMatch: Invalid argument, object required');
    parsed.elements.push([name, elementTest(operator[1], new FilterScope(variables), 1)]);
  } else {
    parsed.computed.push([name, compileExpression(value, variables)]);
  }
}

function isAggregationSlice(operand: Value): boolean {
  return Array.isArray(operand) && operand.some((item) => !isNumeric(item));
}

function sliceOf(operand: Value): (items: Value[]) => Value[] {
  const parts = (Array.isArray(operand) ? operand : [operand]).map((part) =>
    isNumeric(part) ? Number(toInt64(part) ?? 0n) : NaN,
  );
  const [first = 0, count] = parts;
  if (parts.length > 2 || parts.some(Number.isNaN)) {
    throw new MongoError(28724, '$slice takes one or two numbers');
  }
  if (count === undefined) {
    return (items) => (first >= 0 ? items.slice(0, first) : items.slice(first));
  }
  if (count <= 0) throw new MongoError(28724, '$slice limit must be positive');
  return (items) => {
    const start = first >= 0 ? first : Math.max(0, items.length + first);
    return items.slice(start, start + count);
  };
}

function build(parsed: Parsed, variables: Variables): Projection {
  const { included, excluded, computed, slices, elements, positional, id } = parsed;
  const inclusive =
    included.length > 0 || computed.length > 0 || elements.length > 0 || positional !== undefined;
  if (inclusive && excluded.length > 0) {
    const [kind, code] = included.length > 0 ? ['exclusion', 31254] : ['inclusion', 31253];
    throw new MongoError(
      code as number,
      `Cannot do ${kind} on field ${excluded[0]} in the other kind of projection`,
    );
  }
  const including = inclusive || (excluded.length === 0 && id === true);
  const names = including ? [...included, ...elements.map(([name]) => name)] : [...excluded];
  if (positional !== undefined) names.push(positional);
  if (including) names.push(...slices.map(([name]) => name));
  if (including ? id !== false : id === false) names.unshift('_id');
  const tree = treeOf(names);
  return (doc, spot) => {
    let result = including ? include(doc, tree) : exclude(doc, tree);
    for (const [name, slice] of slices) mapAt(result, name.split('.'), 0, slice);
    for (const [name, accepts] of elements) {
      mapAt(result, name.split('.'), 0, (items) => items.filter(accepts).slice(0, 1));
      removeEmpty(result, name);
    }
    if (positional !== undefined) result = positionalOnly(result, positional, spot);
    for (const [name, expression] of computed) {
      const value = expression({ root: doc, current: doc, variables });
      if (value !== undefined) setAt(result, name.split('.'), 0, value);
    }
    return result;
  };
}

function removeEmpty(doc: Doc, name: string): void {
  const value = doc.get(name);
  if (!Array.isArray(value) || value.length === 0) doc.delete(name);
}

function positionalOnly(doc: Doc, path: string, spot: MatchSpot | undefined): Doc {
  mapAt(doc, path.split('.'), 0, (items) => {
    if (spot?.index === undefined) {
      throw new MongoError(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    }
    return items.slice(spot.index, spot.index + 1);
  });
  return doc;
}

/** The tree of dotted paths; two paths of which one contains the other are refused with 31249. */
export function treeOf(paths: readonly string[]): FieldTree {
  const root: FieldTree = new Map();
  for (const path of paths) {
    let node = root;
    const parts = path.split('.');
    parts.forEach((part, at) => {
      const known = node.get(part);
      const last = at === parts.length - 1;
      if (known === true || (known && last)) {
        if (known === true && last) return;
        throw new MongoError(31249, `Path collision at ${path}`);
      }
      if (last) node.set(part, true);
      else {
        const next: FieldTree = known ?? new Map();
        node.set(part, next);
        node = next;
      }
    });
  }
  return root;
}

/** Keeps only the fields of the tree, in the document's own order. */
export function include(doc: Doc, tree: FieldTree): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const wanted = tree.get(name);
    if (wanted === true) result.set(name, value);
    else if (wanted) {
      const inner = includeInside(value, wanted);
      if (inner !== undefined) result.set(name, inner);
    }
  }
  return result;
}

function includeInside(value: Value, tree: FieldTree): Value | undefined {
  if (isDoc(value)) return include(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item) => {
    const inner = includeInside(item, tree);
    return inner === undefined ? [] : [inner];
  });
}

/** Drops the fields of the tree. */
export function exclude(doc: Doc, tree: FieldTree): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const dropped = tree.get(name);
    if (dropped === undefined) result.set(name, value);
    else if (dropped !== true) result.set(name, excludeInside(value, dropped));
  }
  return result;
}

function excludeInside(value: Value, tree: FieldTree): Value {
  if (isDoc(value)) return exclude(value, tree);
  return Array.isArray(value) ? value.map((item) => excludeInside(item, tree)) : value;
}

/** Replaces arrays at a path, in place: only used on the fresh result of a projection. */
function mapAt(
  doc: Doc,
  path: readonly string[],
  depth: number,
  change: (items: Value[]) => Value[],
): void {
  const part = path[depth] as string;
  const value = doc.get(part);
  if (depth === path.length - 1) {
    if (Array.isArray(value)) doc.set(part, change(value));
    return;
  }
  if (isDoc(value)) {
    const copy = new Map(value);
    mapAt(copy, path, depth + 1, change);
    doc.set(part, copy);
  }
}

/** Sets a computed field at a path, within every element of arrays on the way, in place. */
export function setAt(doc: Doc, path: readonly string[], depth: number, value: Value): void {
  const part = path[depth] as string;
  if (depth === path.length - 1) {
    doc.set(part, value);
    return;
  }
  doc.set(part, withInside(doc.get(part), path, depth + 1, value));
}

function withInside(
  held: Value | undefined,
  path: readonly string[],
  depth: number,
  value: Value,
): Value {
  if (Array.isArray(held)) return held.map((item) => withInside(item, path, depth, value));
  const copy: Doc = isDoc(held) ? new Map(held) : new Map();
  setAt(copy, path, depth, value);
  return copy;
}

/** What is at a dotted path, arrays traversed. */
export function valueAt(doc: Doc, path: string): Value | undefined {
  return valueAlong(doc, path.split('.'), 0);
}

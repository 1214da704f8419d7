import type { Variables } from '../aggregate/context';
import { compileExpression } from '../aggregate/expression';
import { truthy } from '../aggregate/truth';
import { BsonRegex, type Doc, isDoc, type Value } from '../bson/values';
import { badValue, notImplemented } from '../errors';
import { comparisonTest } from './comparisons';
import { DEPTH_MAX } from '../bson/bson-error';
import { fieldOperator } from './field-operators';
import type { Filter } from './filter';
import { splitPath } from './paths';
import { literalPrefix, regexTest } from './regex';

const NODES_MAX = 50_000;

/** What a filter may refer to from outside, and how much of it may still be parsed. */
export class FilterScope {
  private nodes = 0;

  constructor(readonly variables: Variables = new Map()) {}

  /** Counts one more node and one more level; a filter that is too big is refused. */
  enter(depth: number): void {
    this.nodes += 1;
    if (this.nodes > NODES_MAX || depth > DEPTH_MAX) throw badValue('the filter is too large');
  }
}

/** Parses a filter document; refuses unknown operators with the messages of MongoDB. */
export function parseFilter(filter: Doc, scope = new FilterScope(), depth = 0): Filter {
  scope.enter(depth);
  const parts: Filter[] = [];
  for (const [name, value] of filter) {
    const part = name.startsWith('$')
      ? topLevel(name, value, scope, depth)
      : parseField(name, value, scope, depth);
    if (part) parts.push(part);
  }
  return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', of: parts };
}

function topLevel(
  name: string,
  value: Value,
  scope: FilterScope,
  depth: number,
): Filter | undefined {
  switch (name) {
    case '$and':
    case '$or':
    case '$nor':
      return { kind: name.slice(1) as 'and', of: filterList(name, value, scope, depth) };
    case '$expr': {
      const evaluate = compileExpression(value, scope.variables);
      const test = (doc: Doc): boolean =>
        truthy(evaluate({ root: doc, current: doc, variables: scope.variables }));
      return { kind: 'expr', test };
    }
    case '$comment':
      return undefined;
    case '$alwaysTrue':
    case '$alwaysFalse':
      return { kind: 'always', value: name === '$alwaysTrue' };
    case '$where':
    case '$text':
    case '$jsonSchema':
      throw notImplemented(`${name} is not supported by this server`);
    default:
      throw badValue(
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' ` +
          'symbol, consider using $getField or $setField.',
      );
  }
}

function filterList(name: string, value: Value, scope: FilterScope, depth: number): Filter[] {
  if (!Array.isArray(value)) throw badValue(`${name} must be an array`);
  if (value.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return value.map((item) => {
    if (!isDoc(item)) throw badValue('$or/$and/$nor entries need to be full objects');
    return parseFilter(item, scope, depth + 1);
  });
}

function parseField(name: string, value: Value, scope: FilterScope, depth: number): Filter {
  const path = splitPath(name);
  if (value instanceof BsonRegex) {
    const prefix = literalPrefix(value);
    return {
      kind: 'field',
      path,
      leaf: { test: regexTest(value), elements: true },
      comparison: prefix === undefined ? { op: 'other' } : { op: 'prefix', prefix },
    };
  }
  if (isOperators(value)) {
    const parts = parseOperators(path, value, scope, depth);
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', of: parts };
  }
  const leaf = { test: comparisonTest('eq', value), elements: true };
  return { kind: 'field', path, leaf, comparison: { op: 'eq', value } };
}

/** True for `{ $gt: 1 }`, false for `{ a: 1 }`, `{}` and references (`{ $ref, $id }`). */
export function isOperators(value: Value): value is Doc {
  if (!isDoc(value) || value.size === 0) return false;
  const first = value.keys().next().value as string;
  return first.startsWith('$') && !['$ref', '$id', '$db'].includes(first);
}

/** The conjuncts of the operators on one path. */
export function parseOperators(
  path: readonly string[],
  operators: Doc,
  scope: FilterScope,
  depth: number,
): Filter[] {
  const parts: Filter[] = [];
  for (const [name, operand] of operators) {
    scope.enter(depth);
    if (name === '$not') {
      parts.push({ kind: 'not', of: negated(path, operand, scope, depth) });
    } else if (name === '$options') {
      if (!operators.has('$regex')) throw badValue('$options needs a $regex');
    } else {
      if (!name.startsWith('$')) throw badValue(`unknown operator: ${name}`);
      const part = fieldOperator(name, path, operand, { operators, scope, depth });
      if (part) parts.push(part);
    }
  }
  return parts;
}

function negated(
  path: readonly string[],
  operand: Value,
  scope: FilterScope,
  depth: number,
): Filter {
  if (operand instanceof BsonRegex) {
    return parseField(path.join('.'), operand, scope, depth + 1);
  }
  if (!isDoc(operand)) throw badValue('$not needs a regex or a document');
  if (operand.size === 0) throw badValue('$not cannot be empty');
  return { kind: 'and', of: parseOperators(path, operand, scope, depth + 1) };
}

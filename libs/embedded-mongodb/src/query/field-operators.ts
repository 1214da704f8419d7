import { BsonRegex, type Doc, isDoc, type Value } from '../bson/values';
import { badValue, failedToParse, notImplemented } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import { bitsTest } from './bits';
import { comparisonTest, membershipTest } from './comparisons';
import { type Comparison, type Filter, matches } from './filter';
import { type FilterScope, isOperators, parseFilter, parseOperators } from './parse-filter';
import type { MatchSpot, Path } from './paths';
import { literalPrefix, regexTest } from './regex';
import { typeTest } from './type-test';

interface OperatorContext {
  operators: Doc;
  scope: FilterScope;
  depth: number;
}

type Test = (value: Value | undefined, spot?: MatchSpot) => boolean;

/** The filter of one `$operator` on a path; refuses unknown ones with code 2. */
export function fieldOperator(
  name: string,
  path: Path,
  operand: Value,
  context: OperatorContext,
): Filter | undefined {
  switch (name) {
    case '$eq':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return compared(name.slice(1) as 'eq', path, operand);
    case '$ne':
      if (operand instanceof BsonRegex) throw badValue("Can't have regex as arg to $ne.");
      return { kind: 'not', of: compared('eq', path, operand) };
    case '$in':
      return membership(name, path, operand);
    case '$nin':
      return { kind: 'not', of: membership(name, path, operand) };
    case '$exists': {
      const exists = field(path, (value) => value !== undefined, { op: 'exists' }, false);
      return operandTruthy(operand) ? exists : { kind: 'not', of: exists };
    }
    case '$type':
      return field(path, typeTest(operand), { op: 'other' });
    case '$regex':
      return regexOperator(path, operand, context.operators);
    case '$mod':
      return field(path, modTest(operand), { op: 'other' });
    case '$size':
      return field(path, sizeTest(operand), { op: 'other' }, false);
    case '$all':
      return allOperator(path, operand, context);
    case '$elemMatch':
      return elemMatch(path, operand, context);
    case '$bitsAllSet':
    case '$bitsAllClear':
    case '$bitsAnySet':
    case '$bitsAnyClear':
      return field(path, bitsTest(name, operand), { op: 'other' });
    case '$comment':
      return undefined;
    case '$near':
    case '$nearSphere':
    case '$geoWithin':
    case '$geoIntersects':
      throw notImplemented(`${name} is not supported by this server`);
    default:
      throw badValue(`unknown operator: ${name}`);
  }
}

function field(path: Path, test: Test, comparison: Comparison, elements = true): Filter {
  return { kind: 'field', path, leaf: { test, elements }, comparison };
}

function compared(op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte', path: Path, operand: Value): Filter {
  if (op !== 'eq' && operand instanceof BsonRegex) {
    throw badValue(`Can't have RegEx as arg to predicate over field '${path.join('.')}'.`);
  }
  return field(path, comparisonTest(op, operand), { op, value: operand });
}

function membership(name: string, path: Path, operand: Value): Filter {
  if (!Array.isArray(operand)) throw badValue(`${name} needs an array`);
  const regexes = operand.filter((item) => item instanceof BsonRegex).map(regexTest);
  const values = operand.filter((item) => !(item instanceof BsonRegex));
  for (const item of operand) if (isOperators(item)) throw badValue(`cannot nest $ under ${name}`);
  const isMember = membershipTest(values);
  const test: Test = (value) => isMember(value) || regexes.some((regex) => regex(value));
  return field(path, test, { op: 'in', values, regexes: regexes.length > 0 });
}

function operandTruthy(operand: Value): boolean {
  if (isNumeric(operand)) return toDouble(operand) !== 0;
  return operand !== false && operand !== null;
}

function regexOperator(path: Path, operand: Value, operators: Doc): Filter {
  const options = operators.get('$options');
  if (options !== undefined && typeof options !== 'string') {
    throw badValue('$options has to be a string');
  }
  const pattern = operand instanceof BsonRegex ? operand.pattern : operand;
  if (typeof pattern !== 'string') throw badValue('$regex has to be a string');
  const own = operand instanceof BsonRegex ? operand.options : '';
  const regex = new BsonRegex(pattern, options ?? own);
  const prefix = literalPrefix(regex);
  return field(
    path,
    regexTest(regex),
    prefix === undefined ? { op: 'other' } : { op: 'prefix', prefix },
  );
}

function modTest(operand: Value): Test {
  if (!Array.isArray(operand)) throw badValue('malformed mod, needs to be an array');
  if (operand.length < 2) throw badValue('malformed mod, not enough elements');
  if (operand.length > 2) throw badValue('malformed mod, too many elements');
  const [divisor, rest] = operand.map((item) => truncated(item));
  if (divisor === undefined) throw badValue('malformed mod, divisor not a number');
  if (rest === undefined) throw badValue('malformed mod, remainder not a number');
  if (divisor === 0n) throw badValue('divisor cannot be 0');
  return (value) => {
    const integer = value === undefined ? undefined : truncated(value);
    return integer !== undefined && integer % divisor === rest;
  };
}

function truncated(value: Value): bigint | undefined {
  if (!isNumeric(value)) return undefined;
  const exact = toInt64(value);
  if (exact !== undefined) return exact;
  const plain = Math.trunc(toDouble(value));
  return Number.isFinite(plain) ? BigInt(plain) : undefined;
}

function sizeTest(operand: Value): Test {
  const size = isNumeric(operand) ? toInt64(operand) : undefined;
  if (size === undefined) {
    throw failedToParse(`Failed to parse $size. Expected an integer: $size`);
  }
  if (size < 0n) throw failedToParse('Failed to parse $size. Expected a non-negative number');
  return (value) => Array.isArray(value) && BigInt(value.length) === size;
}

function allOperator(path: Path, operand: Value, context: OperatorContext): Filter {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  if (operand.length === 0) return { kind: 'always', value: false };
  const of = operand.map((item): Filter => {
    if (isDoc(item) && item.keys().next().value === '$elemMatch') {
      return elemMatch(path, item.get('$elemMatch') as Value, context);
    }
    if (isOperators(item)) throw badValue('no $ expressions in $all');
    if (item instanceof BsonRegex) return field(path, regexTest(item), { op: 'other' });
    return compared('eq', path, item);
  });
  return of.length === 1 ? (of[0] as Filter) : { kind: 'and', of };
}

function elemMatch(path: Path, operand: Value, context: OperatorContext): Filter {
  if (!isDoc(operand)) throw badValue('$elemMatch needs an Object');
  const accepts = elementTest(operand, context.scope, context.depth + 1);
  const test: Test = (value, spot) => {
    if (!Array.isArray(value)) return false;
    const index = value.findIndex(accepts);
    if (index >= 0 && spot) spot.index = index;
    return index >= 0;
  };
  return field(path, test, { op: 'other' }, false);
}

const LOGICAL = ['$and', '$or', '$nor', '$expr', '$where'];

/** A test of one array element: operators apply to it itself, anything else to it as a document. */
export function elementTest(
  operand: Doc,
  scope: FilterScope,
  depth: number,
): (value: Value) => boolean {
  const first = operand.keys().next().value;
  if (isOperators(operand) && !LOGICAL.includes(first as string)) {
    const filter: Filter = { kind: 'and', of: parseOperators(['0'], operand, scope, depth) };
    return (value) => matches(filter, new Map([['0', value]]));
  }
  const filter = parseFilter(operand, scope, depth);
  return (value) => isDoc(value) && matches(filter, value);
}

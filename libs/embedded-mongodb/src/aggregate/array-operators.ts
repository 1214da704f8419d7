import { typeNameOf } from '../bson/type-names';
import { type Value } from '../bson/values';
import { MongoError } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric } from '../numbers/compare-numbers';
import { compareValues, sameValue } from '../ordering/compare';
import { encodeKey } from '../ordering/key-encoding';
import { operator } from './arguments';
import type { OperatorTable } from './context';
import { isNullish, truthy } from './truth';

const RANGE_MAX = 1_000_000;

function array(value: Value | undefined, name: string): Value[] {
  if (Array.isArray(value)) return value;
  throw new MongoError(40081, `${name} requires an array argument, found: ${typeNameOf(value)}`);
}

function whole(value: Value | undefined, name: string): number {
  const integer = value !== undefined && isNumeric(value) ? toInt64(value) : undefined;
  if (integer === undefined) throw new MongoError(28690, `${name} needs a whole number`);
  return Number(integer);
}

function keyOf(value: Value): string {
  return encodeKey(value).toString('latin1');
}

function distinctOf(values: Iterable<Value>): Value[] {
  return [...new Map([...values].map((value) => [keyOf(value), value] as const)).values()];
}

function slice(items: Value[], first: number, count: number | undefined): Value[] {
  if (count === undefined) return first >= 0 ? items.slice(0, first) : items.slice(first);
  if (count <= 0) throw new MongoError(28729, '$slice needs a positive count');
  const start = first >= 0 ? first : Math.max(0, items.length + first);
  return items.slice(start, start + count);
}

/** Arrays and sets. */
export const ARRAY_OPERATORS: OperatorTable = {
  $size: operator(1, 1, ([value]) => {
    if (!Array.isArray(value)) {
      const found = typeNameOf(value);
      throw new MongoError(
        17124,
        `The argument to $size must be an array, but was of type: ${found}`,
      );
    }
    return value.length;
  }),
  $isArray: operator(1, 1, ([value]) => Array.isArray(value)),
  $arrayElemAt: operator(2, 2, ([value, index], name) => {
    if (isNullish(value) || isNullish(index)) return null;
    const at = whole(index, name);
    const items = array(value, name);
    return items[at < 0 ? items.length + at : at];
  }),
  $first: operator(1, 1, ([value], name) => (isNullish(value) ? null : array(value, name)[0])),
  $last: operator(1, 1, ([value], name) => (isNullish(value) ? null : array(value, name).at(-1))),
  $concatArrays: operator(0, Infinity, (args, name) => {
    if (args.some(isNullish)) return null;
    return args.flatMap((arg) => array(arg, name));
  }),
  $slice: operator(2, 3, ([value, first, count], name) => {
    if (isNullish(value) || isNullish(first)) return null;
    const size = count === undefined ? undefined : whole(count, name);
    return slice(array(value, name), whole(first, name), size);
  }),
  $reverseArray: operator(1, 1, ([value], name) =>
    isNullish(value) ? null : [...array(value, name)].reverse(),
  ),
  $in: operator(2, 2, ([value, items]) => {
    if (!Array.isArray(items))
      throw new MongoError(40081, '$in requires an array as a second argument');
    return value !== undefined && items.some((item) => sameValue(item, value));
  }),
  $indexOfArray: operator(2, 4, ([value, wanted, start, end], name) => {
    if (isNullish(value)) return null;
    const items = array(value, name);
    const to = end === undefined ? items.length : Math.min(whole(end, name), items.length);
    for (let at = start === undefined ? 0 : whole(start, name); at < to; at++) {
      if (wanted !== undefined && sameValue(items[at] as Value, wanted)) return at;
    }
    return -1;
  }),
  $range: operator(2, 3, ([start, end, step], name) => {
    const by = step === undefined ? 1 : whole(step, name);
    if (by === 0) throw new MongoError(34449, '$range requires a non-zero step value');
    const [from, to] = [whole(start, name), whole(end, name)];
    if (Math.abs((to - from) / by) > RANGE_MAX) throw new MongoError(146, '$range is too long');
    const numbers: number[] = [];
    for (let at = from; by > 0 ? at < to : at > to; at += by) numbers.push(at);
    return numbers;
  }),
  $setUnion: operator(0, Infinity, (args, name) =>
    args.some(isNullish) ? null : distinctOf(args.flatMap((arg) => array(arg, name))),
  ),
  $setIntersection: operator(0, Infinity, (args, name) => {
    if (args.some(isNullish)) return null;
    const sets = args.map((arg) => new Set(array(arg, name).map(keyOf)));
    const first = args[0] === undefined ? [] : array(args[0], name);
    return distinctOf(first).filter((item) => sets.every((set) => set.has(keyOf(item))));
  }),
  $setDifference: operator(2, 2, ([a, b], name) => {
    if (isNullish(a) || isNullish(b)) return null;
    const without = new Set(array(b, name).map(keyOf));
    return distinctOf(array(a, name)).filter((item) => !without.has(keyOf(item)));
  }),
  $setIsSubset: operator(2, 2, ([a, b], name) => {
    const within = new Set(array(b, name).map(keyOf));
    return array(a, name).every((item) => within.has(keyOf(item)));
  }),
  $setEquals: operator(2, Infinity, (args, name) => {
    const keys = args.map((arg) => [...new Set(array(arg, name).map(keyOf))].sort().join('\u0000'));
    return keys.every((key) => key === keys[0]);
  }),
  $anyElementTrue: operator(1, 1, ([value], name) => array(value, name).some(truthy)),
  $allElementsTrue: operator(1, 1, ([value], name) => array(value, name).every(truthy)),
  $max: operator(1, Infinity, (args) => extreme(args, 1)),
  $min: operator(1, Infinity, (args) => extreme(args, -1)),
};

function extreme(args: (Value | undefined)[], direction: 1 | -1): Value {
  const values = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  let best: Value = null;
  for (const value of values) {
    if (isNullish(value)) continue;
    if (best === null || compareValues(value, best) * direction > 0) best = value;
  }
  return best;
}

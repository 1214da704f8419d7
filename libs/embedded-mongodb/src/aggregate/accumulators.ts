import { deepCopy, type Doc, Double, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { divide } from '../numbers/arithmetic';
import { isNumeric, type Numeric, toDouble } from '../numbers/compare-numbers';
import { compareValues } from '../ordering/compare';
import { encodeKey } from '../ordering/key-encoding';
import { sum } from './arithmetic-operators';
import { isNullish } from './truth';

/** Folds the values of one group. */
export interface Accumulator {
  add(value: Value | undefined): void;
  result(): Value;
}

function fold<S>(
  initial: S,
  step: (state: S, value: Value | undefined) => S,
  end: (state: S) => Value,
): Accumulator {
  let state = initial;
  return {
    add: (value) => {
      state = step(state, value);
    },
    result: () => end(state),
  };
}

const FOLDED_MAX = 1_000_000;

function collected(distinct: boolean): Accumulator {
  const items: Value[] = [];
  const seen = new Set<string>();
  return {
    add: (value) => {
      if (value === undefined) return;
      if (distinct) {
        const key = encodeKey(value).toString('latin1');
        if (seen.has(key)) return;
        seen.add(key);
      }
      if (items.length >= FOLDED_MAX)
        throw new MongoError(146, 'the accumulated array is too long');
      items.push(value);
    },
    result: () => items,
  };
}

function extreme(direction: 1 | -1): Accumulator {
  return fold<Value>(
    null,
    (best, value) =>
      !isNullish(value) && (best === null || compareValues(value, best) * direction > 0)
        ? value
        : best,
    (best) => best,
  );
}

function deviation(sample: boolean): Accumulator {
  // Welford: numerically stable in one pass.
  return fold(
    { count: 0, mean: 0, squares: 0 },
    (state, value) => {
      if (value === undefined || !isNumeric(value)) return state;
      const x = toDouble(value);
      const count = state.count + 1;
      const mean = state.mean + (x - state.mean) / count;
      return { count, mean, squares: state.squares + (x - state.mean) * (x - mean) };
    },
    ({ count, squares }) => {
      const by = sample ? count - 1 : count;
      return by <= 0 ? null : new Double(Math.sqrt(squares / by));
    },
  );
}

/** Makes a fresh accumulator for each group, by operator name. */
export const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
  $sum: () =>
    fold<Numeric>(
      0,
      (total, value) => (value !== undefined && isNumeric(value) ? sum(total, value) : total),
      (total) => total,
    ),
  $avg: () =>
    fold<{ total: Numeric; count: number }>(
      { total: 0, count: 0 },
      (state, value) =>
        value !== undefined && isNumeric(value)
          ? { total: sum(state.total, value), count: state.count + 1 }
          : state,
      ({ total, count }) => (count === 0 ? null : divide(total, count)),
    ),
  $min: () => extreme(-1),
  $max: () => extreme(1),
  $first: () =>
    fold<Value | undefined>(
      undefined,
      (first, value) => (first === undefined ? (value ?? null) : first),
      (first) => first ?? null,
    ),
  $last: () =>
    fold<Value>(
      null,
      (_, value) => value ?? null,
      (last) => last,
    ),
  $push: () => collected(false),
  $addToSet: () => collected(true),
  $count: () =>
    fold(
      0,
      (count) => count + 1,
      (count) => count,
    ),
  $stdDevPop: () => deviation(false),
  $stdDevSamp: () => deviation(true),
  $mergeObjects: () =>
    fold<Doc>(
      new Map(),
      (merged, value) => {
        if (isNullish(value)) return merged;
        if (!isDoc(value)) throw new MongoError(40400, '$mergeObjects requires object inputs');
        for (const [name, field] of value) merged.set(name, deepCopy(field));
        return merged;
      },
      (merged) => merged,
    ),
};

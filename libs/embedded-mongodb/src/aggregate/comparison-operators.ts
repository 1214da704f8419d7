import { BSON_UNDEFINED, type Value } from '../bson/values';
import { compareValues } from '../ordering/compare';
import { compileArguments, operator } from './arguments';
import type { OperatorCompiler, OperatorTable } from './context';
import { truthy } from './truth';

/** Orders a missing value between MinKey and null, where BSON's undefined stands. */
export function compareWithMissing(a: Value | undefined, b: Value | undefined): number {
  if (a === undefined && b === undefined) return 0;
  return compareValues(a ?? orUndefined(a), b ?? orUndefined(b));
}

function orUndefined(value: null | undefined): Value {
  return value === undefined ? BSON_UNDEFINED : null;
}

function comparison(accepts: (compared: number) => boolean): OperatorCompiler {
  return operator(2, 2, ([a, b]) => accepts(compareWithMissing(a, b)));
}

/** Comparisons over the whole order of values, and boolean operators that stop early. */
export const COMPARISON_OPERATORS: OperatorTable = {
  $cmp: operator(2, 2, ([a, b]) => Math.sign(compareWithMissing(a, b))),
  $eq: comparison((compared) => compared === 0),
  $ne: comparison((compared) => compared !== 0),
  $gt: comparison((compared) => compared > 0),
  $gte: comparison((compared) => compared >= 0),
  $lt: comparison((compared) => compared < 0),
  $lte: comparison((compared) => compared <= 0),
  $and: (operand, compile, name) => {
    const args = compileArguments(operand, compile, name, 0, Infinity);
    return (context) => args.every((arg) => truthy(arg(context)));
  },
  $or: (operand, compile, name) => {
    const args = compileArguments(operand, compile, name, 0, Infinity);
    return (context) => args.some((arg) => truthy(arg(context)));
  },
  $not: operator(1, 1, ([value]) => !truthy(value)),
};

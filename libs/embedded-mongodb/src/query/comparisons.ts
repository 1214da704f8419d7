import { bsonTypeOf, BsonType, Decimal128, Double, type Value } from '../bson/values';
import { decimalParts } from '../numbers/decimal';
import { canonicalRank } from '../ordering/canonical-type';
import { compareValues } from '../ordering/compare';
import { encodeKey } from '../ordering/key-encoding';

/** Operators that compare with a value. */
export type OrderOperator = 'eq' | 'gt' | 'gte' | 'lt' | 'lte';

/** True for the not-a-number of either kind. */
export function isNaNValue(value: Value | undefined): boolean {
  if (value instanceof Double) return Number.isNaN(value.value);
  return value instanceof Decimal128 && decimalParts(value).kind === 'nan';
}

/**
 * A test of one value. Only values of the operand's own type bracket are compared; null also
 * stands for a missing field; MinKey and MaxKey compare with everything; NaN is only equal to NaN.
 */
export function comparisonTest(
  op: OrderOperator,
  operand: Value,
): (value: Value | undefined) => boolean {
  const accepts = ACCEPTED[op];
  if (operand === null) {
    return (value) => accepts(0) && (value === undefined || value === null);
  }
  if (isNaNValue(operand)) return (value) => accepts(0) && isNaNValue(value);
  const rank = canonicalRank(operand);
  const type = bsonTypeOf(operand);
  const crossesTypes = op !== 'eq' && (type === BsonType.MinKey || type === BsonType.MaxKey);
  return (value) => {
    if (value === undefined) return false;
    if (crossesTypes) return accepts(compareValues(value, operand));
    if (canonicalRank(value) !== rank || isNaNValue(value)) return false;
    return accepts(compareValues(value, operand));
  };
}

const ACCEPTED: Record<OrderOperator, (compared: number) => boolean> = {
  eq: (compared) => compared === 0,
  gt: (compared) => compared > 0,
  gte: (compared) => compared >= 0,
  lt: (compared) => compared < 0,
  lte: (compared) => compared <= 0,
};

/** A test for being one of many values, by their keys. */
export function membershipTest(values: readonly Value[]): (value: Value | undefined) => boolean {
  if (values.length === 1) return comparisonTest('eq', values[0] as Value);
  const keys = new Set(values.map((value) => encodeKey(value).toString('latin1')));
  const hasNull = values.includes(null);
  return (value) => {
    if (value === undefined) return hasNull;
    return keys.has(encodeKey(value).toString('latin1'));
  };
}

import { Decimal128, Double } from '../bson/values';
import { decimalParts } from './decimal';

/** A BSON number of any width. */
export type Numeric = number | bigint | Double | Decimal128;

/** Compares exactly across widths; NaN equals NaN and is below every other number. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const left = a instanceof Double ? a.value : a;
  const right = b instanceof Double ? b.value : b;
  if (left instanceof Decimal128 || right instanceof Decimal128) {
    return compareFractions(fractionOf(left), fractionOf(right));
  }
  // JavaScript compares a bigint with a number by their mathematical values.
  if (left < right) return -1;
  if (left > right) return 1;
  const leftIsNaN = Number.isNaN(left);
  if (leftIsNaN === Number.isNaN(right)) return 0;
  return leftIsNaN ? -1 : 1;
}

/** numerator · 2^twos · 10^tens, or a special value ranked around the finite ones. */
interface Fraction {
  rank: -2 | -1 | 0 | 1;
  numerator: bigint;
  twos: number;
  tens: number;
}

const NAN: Fraction = { rank: -2, numerator: 0n, twos: 0, tens: 0 };
const NEGATIVE_INFINITY: Fraction = { ...NAN, rank: -1 };
const POSITIVE_INFINITY: Fraction = { ...NAN, rank: 1 };

function fractionOf(value: number | bigint | Decimal128): Fraction {
  if (typeof value === 'bigint') return { rank: 0, numerator: value, twos: 0, tens: 0 };
  if (typeof value === 'number') return fractionOfDouble(value);
  const parts = decimalParts(value);
  if (parts.kind === 'nan') return NAN;
  if (parts.kind === 'infinity') return parts.negative ? NEGATIVE_INFINITY : POSITIVE_INFINITY;
  const numerator = parts.negative ? -parts.coefficient : parts.coefficient;
  return { rank: 0, numerator, twos: 0, tens: parts.exponent };
}

const doubleView = new DataView(new ArrayBuffer(8));

function fractionOfDouble(value: number): Fraction {
  if (Number.isNaN(value)) return NAN;
  if (!Number.isFinite(value)) return value < 0 ? NEGATIVE_INFINITY : POSITIVE_INFINITY;
  if (Number.isSafeInteger(value)) return { rank: 0, numerator: BigInt(value), twos: 0, tens: 0 };
  doubleView.setFloat64(0, value);
  const bits = doubleView.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (exponent === 0 ? 0n : 1n << 52n);
  const twos = (exponent === 0 ? 1 : exponent) - 1075;
  return { rank: 0, numerator: value < 0 ? -mantissa : mantissa, twos, tens: 0 };
}

function compareFractions(a: Fraction, b: Fraction): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  if (a.rank !== 0) return 0;
  const twos = Math.min(a.twos, b.twos);
  const tens = Math.min(a.tens, b.tens);
  const left = scaled(a, twos, tens);
  const right = scaled(b, twos, tens);
  return left < right ? -1 : left > right ? 1 : 0;
}

function scaled(value: Fraction, twos: number, tens: number): bigint {
  if (value.numerator === 0n) return 0n;
  return (value.numerator << BigInt(value.twos - twos)) * 10n ** BigInt(value.tens - tens);
}

/** True for Int32, Int64, Double and Decimal128. */
export function isNumeric(value: unknown): value is Numeric {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Double ||
    value instanceof Decimal128
  );
}

/** The nearest double of any number. */
export function toDouble(value: Numeric): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Double) return value.value;
  const parts = decimalParts(value);
  if (parts.kind === 'nan') return NaN;
  if (parts.kind === 'infinity') return parts.negative ? -Infinity : Infinity;
  return Number(`${parts.negative ? '-' : ''}${parts.coefficient}e${parts.exponent}`);
}

/** The integer that a number equals exactly, or undefined when it has a fraction or is not finite. */
export function exactInteger(value: Numeric): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal128) {
    const parts = decimalParts(value);
    if (parts.kind !== 'finite') return undefined;
    const signed = parts.negative ? -parts.coefficient : parts.coefficient;
    if (parts.exponent >= 0)
      return parts.exponent > 40 ? undefined : signed * 10n ** BigInt(parts.exponent);
    const divisor = 10n ** BigInt(-parts.exponent);
    return signed % divisor === 0n ? signed / divisor : undefined;
  }
  const plain = toDouble(value);
  return Number.isInteger(plain) ? BigInt(plain) : undefined;
}

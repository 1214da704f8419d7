import { Decimal128, Double } from '../bson/values';
import { compareNumbers, exactInteger, type Numeric, toDouble } from './compare-numbers';
import {
  type Decimal,
  decimalOf,
  decimalOfDouble,
  decimalOfInteger,
  decimalParts,
} from './decimal';

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const DIVISION_DIGITS = 40;

/** True when an integer fits an Int64. */
export function fitsInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/** The narrowest of Int32 and Int64 for an integer that fits. */
export function narrow(value: bigint): number | bigint {
  return value >= -0x8000_0000n && value <= 0x7fff_ffffn ? Number(value) : value;
}

/** Any number as a decimal, doubles with 15 digits. */
export function toDecimal(value: Numeric): Decimal128 {
  if (value instanceof Decimal128) return value;
  if (value instanceof Double) return decimalOfDouble(value.value);
  return decimalOfInteger(BigInt(value));
}

interface Operation {
  integer: (a: bigint, b: bigint) => bigint;
  double: (a: number, b: number) => number;
  decimal: (a: Decimal, b: Decimal) => Decimal;
}

/**
 * The result in the wider of both types; two Int32 become an Int64 when they must. Undefined means
 * that an Int64 overflowed, which the caller refuses or turns into a double.
 */
function apply(operation: Operation, a: Numeric, b: Numeric): Numeric | undefined {
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    const left = decimalParts(toDecimal(a));
    return decimalOf(operation.decimal(left, decimalParts(toDecimal(b))));
  }
  if (a instanceof Double || b instanceof Double) {
    return new Double(operation.double(toDouble(a), toDouble(b)));
  }
  const result = operation.integer(BigInt(a), BigInt(b));
  if (!fitsInt64(result)) return undefined;
  const bothInt32 = typeof a === 'number' && typeof b === 'number';
  return bothInt32 ? narrow(result) : result;
}

const ADD: Operation = {
  integer: (a, b) => a + b,
  double: (a, b) => a + b,
  decimal: (a, b) => {
    if (a.kind !== 'finite' || b.kind !== 'finite') return addSpecial(a, b);
    const exponent = Math.min(a.exponent, b.exponent);
    const sum = signedAt(a, exponent) + signedAt(b, exponent);
    const negative = sum < 0n;
    return { kind: 'finite', negative, coefficient: negative ? -sum : sum, exponent };
  },
};

const MULTIPLY: Operation = {
  integer: (a, b) => a * b,
  double: (a, b) => a * b,
  decimal: (a, b) => {
    if (a.kind === 'nan' || b.kind === 'nan') return { kind: 'nan' };
    const negative = a.negative !== b.negative;
    if (a.kind === 'finite' && b.kind === 'finite') {
      const coefficient = a.coefficient * b.coefficient;
      return { kind: 'finite', negative, coefficient, exponent: a.exponent + b.exponent };
    }
    const zero = [a, b].some((side) => side.kind === 'finite' && side.coefficient === 0n);
    return zero ? { kind: 'nan' } : { kind: 'infinity', negative };
  },
};

function addSpecial(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return { kind: 'nan' };
  if (a.kind === 'infinity' && b.kind === 'infinity') {
    return a.negative === b.negative ? a : { kind: 'nan' };
  }
  return a.kind === 'infinity' ? a : b;
}

function signedAt(value: Extract<Decimal, { kind: 'finite' }>, exponent: number): bigint {
  const scaled = value.coefficient * 10n ** BigInt(value.exponent - exponent);
  return value.negative ? -scaled : scaled;
}

/** a + b; undefined when an Int64 overflows. */
export function add(a: Numeric, b: Numeric): Numeric | undefined {
  return apply(ADD, a, b);
}

/** a · b; undefined when an Int64 overflows. */
export function multiply(a: Numeric, b: Numeric): Numeric | undefined {
  return apply(MULTIPLY, a, b);
}

/** −a. */
export function negate(a: Numeric): Numeric {
  if (a instanceof Double) return new Double(-a.value);
  if (a instanceof Decimal128) {
    const parts = decimalParts(a);
    return parts.kind === 'nan' ? a : decimalOf({ ...parts, negative: !parts.negative });
  }
  const negated = -BigInt(a);
  if (!fitsInt64(negated)) return new Double(Number(negated));
  return typeof a === 'number' ? narrow(negated) : negated;
}

/** a / b as a double, or a decimal when either is one; the caller refuses b = 0. */
export function divide(a: Numeric, b: Numeric): Numeric {
  if (!(a instanceof Decimal128) && !(b instanceof Decimal128)) {
    return new Double(toDouble(a) / toDouble(b));
  }
  const left = decimalParts(toDecimal(a));
  const right = decimalParts(toDecimal(b));
  if (left.kind === 'nan' || right.kind === 'nan') return decimalOf({ kind: 'nan' });
  const negative = left.negative !== right.negative;
  if (left.kind === 'infinity') {
    return decimalOf(right.kind === 'infinity' ? { kind: 'nan' } : { kind: 'infinity', negative });
  }
  if (right.kind === 'infinity') {
    return decimalOf({ kind: 'finite', negative, coefficient: 0n, exponent: 0 });
  }
  return dividedDecimals(left, right, negative);
}

function dividedDecimals(
  left: Extract<Decimal, { kind: 'finite' }>,
  right: Extract<Decimal, { kind: 'finite' }>,
  negative: boolean,
): Decimal128 {
  const shift = DIVISION_DIGITS + right.coefficient.toString().length;
  const scaled = left.coefficient * 10n ** BigInt(shift);
  let coefficient = scaled / right.coefficient;
  let exponent = left.exponent - right.exponent - shift;
  if (scaled % right.coefficient !== 0n) {
    // A digit beyond the precision keeps the rounding honest when the division does not end.
    coefficient = coefficient * 10n + 1n;
    exponent -= 1;
  } else {
    const preferred = left.exponent - right.exponent;
    while (exponent < preferred && coefficient % 10n === 0n) {
      coefficient /= 10n;
      exponent += 1;
    }
  }
  return decimalOf({ kind: 'finite', negative, coefficient, exponent });
}

/** The remainder with the sign of `a`, in the wider type; the caller refuses b = 0. */
export function remainder(a: Numeric, b: Numeric): Numeric {
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    const left = decimalParts(toDecimal(a));
    const right = decimalParts(toDecimal(b));
    if (left.kind !== 'finite' || right.kind === 'nan') return decimalOf({ kind: 'nan' });
    if (right.kind === 'infinity') return toDecimal(a);
    const exponent = Math.min(left.exponent, right.exponent);
    const rest = signedAt(left, exponent) % signedAt(right, exponent);
    const coefficient = rest < 0n ? -rest : rest;
    return decimalOf({ kind: 'finite', negative: rest < 0n, coefficient, exponent });
  }
  if (a instanceof Double || b instanceof Double) return new Double(toDouble(a) % toDouble(b));
  const rest = BigInt(a) % BigInt(b);
  return typeof a === 'number' && typeof b === 'number' ? Number(rest) : rest;
}

/** True for a number equal to zero. */
export function isZero(value: Numeric): boolean {
  return compareNumbers(value, 0) === 0;
}

/** A number as a whole Int64, or undefined when it has a fraction or does not fit. */
export function toInt64(value: Numeric): bigint | undefined {
  const integer = exactInteger(value);
  return integer !== undefined && fitsInt64(integer) ? integer : undefined;
}

import { typeNameOf } from '../bson/type-names';
import { BsonDate, Decimal128, Double, type Value } from '../bson/values';
import { MongoError } from '../errors';
import {
  add,
  divide,
  isZero,
  multiply,
  narrow,
  negate,
  remainder,
  toInt64,
} from '../numbers/arithmetic';
import { compareNumbers, isNumeric, type Numeric, toDouble } from '../numbers/compare-numbers';
import { decimalOf, decimalParts } from '../numbers/decimal';
import { operator } from './arguments';
import type { OperatorTable } from './context';
import { isNullish } from './truth';

/** The sum; Int64 overflow gives a double, as in MongoDB's $add. */
export function sum(a: Numeric, b: Numeric): Numeric {
  return add(a, b) ?? new Double(toDouble(a) + toDouble(b));
}

function product(a: Numeric, b: Numeric): Numeric {
  return multiply(a, b) ?? new Double(toDouble(a) * toDouble(b));
}

function numeric(value: Value, name: string): Numeric {
  if (isNumeric(value)) return value;
  throw new MongoError(14, `${name} only supports numeric types, not ${typeNameOf(value)}`);
}

function milliseconds(value: Numeric): bigint {
  const whole = toInt64(value);
  return whole ?? BigInt(Math.round(toDouble(value)));
}

const addAll = operator(0, Infinity, (args, name) => {
  let total: Numeric = 0;
  let date: BsonDate | undefined;
  for (const arg of args) {
    if (isNullish(arg)) return null;
    if (arg instanceof BsonDate) {
      if (date) throw new MongoError(16612, 'only one date allowed in an $add expression');
      date = arg;
    } else {
      total = sum(total, numeric(arg, name));
    }
  }
  return date ? new BsonDate(date.ms + milliseconds(total)) : total;
});

const subtract = operator(2, 2, ([a, b], name) => {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof BsonDate) {
    if (b instanceof BsonDate) return a.ms - b.ms;
    return new BsonDate(a.ms - milliseconds(numeric(b, name)));
  }
  const right = numeric(b, name);
  const left = numeric(a, name);
  // A negated Int64 minimum is a double, and so is then the difference.
  return sum(left, negate(right));
});

function rounding(toward: (value: number) => number, mode: 'floor' | 'ceil') {
  return operator(1, 1, ([value], name) => {
    if (isNullish(value)) return null;
    const number = numeric(value, name);
    if (number instanceof Double) return new Double(toward(number.value));
    return number instanceof Decimal128 ? roundDecimal(number, 0, mode) : number;
  });
}

function roundDecimal(
  value: Decimal128,
  places: number,
  mode: 'floor' | 'ceil' | 'trunc' | 'even',
): Decimal128 {
  const parts = decimalParts(value);
  if (parts.kind !== 'finite' || parts.exponent >= -places) return value;
  const divisor = 10n ** BigInt(-places - parts.exponent);
  const rest = parts.coefficient % divisor;
  let coefficient = parts.coefficient / divisor;
  const away =
    (mode === 'ceil' && !parts.negative && rest > 0n) ||
    (mode === 'floor' && parts.negative && rest > 0n) ||
    (mode === 'even' &&
      (rest * 2n > divisor || (rest * 2n === divisor && (coefficient & 1n) === 1n)));
  if (away) coefficient += 1n;
  return decimalOf({ kind: 'finite', negative: parts.negative, coefficient, exponent: -places });
}

function roundTo(mode: 'trunc' | 'even') {
  return operator(1, 2, ([value, places], name) => {
    if (isNullish(value)) return null;
    const number = numeric(value, name);
    const digits = isNullish(places) ? 0 : Number(toInt64(numeric(places, name)) ?? 0n);
    if (digits < -20 || digits > 100) {
      throw new MongoError(51083, `cannot apply ${name} with precision value ${digits}`);
    }
    if (number instanceof Decimal128) return roundDecimal(number, digits, mode);
    if (!(number instanceof Double)) {
      if (digits >= 0) return number;
      return narrow(roundInteger(BigInt(number), 10n ** BigInt(-digits), mode));
    }
    return new Double(roundDouble(number.value, digits, mode));
  });
}

function roundInteger(value: bigint, unit: bigint, mode: 'trunc' | 'even'): bigint {
  const quotient = value / unit;
  const rest = value % unit;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const away = mode === 'even' && (twice > unit || (twice === unit && (quotient & 1n) === 1n));
  return (away ? quotient + (value < 0n ? -1n : 1n) : quotient) * unit;
}

function roundDouble(value: number, digits: number, mode: 'trunc' | 'even'): number {
  if (!Number.isFinite(value)) return value;
  const scale = 10 ** digits;
  const scaled = value * scale;
  if (!Number.isFinite(scaled)) return value;
  const floor = Math.floor(scaled);
  if (mode === 'trunc') return Math.trunc(scaled) / scale;
  if (scaled - floor === 0.5) return (floor % 2 === 0 ? floor : floor + 1) / scale;
  return Math.round(scaled) / scale;
}

function ofDouble(run: (value: number) => number, valid: (value: number) => boolean, code: number) {
  return operator(1, 1, ([value], name) => {
    if (isNullish(value)) return null;
    const plain = toDouble(numeric(value, name));
    if (!valid(plain))
      throw new MongoError(code, `${name}'s argument is out of its range: ${plain}`);
    return new Double(run(plain));
  });
}

const always = (): boolean => true;

/** Arithmetic on numbers and dates. */
export const ARITHMETIC_OPERATORS: OperatorTable = {
  $add: addAll,
  $subtract: subtract,
  $multiply: operator(0, Infinity, (args, name) => {
    let total: Numeric = 1;
    for (const arg of args) {
      if (isNullish(arg)) return null;
      total = product(total, numeric(arg, name));
    }
    return total;
  }),
  $divide: operator(2, 2, ([a, b], name) => {
    if (isNullish(a) || isNullish(b)) return null;
    const divisor = numeric(b, name);
    if (isZero(divisor)) throw new MongoError(2, "can't $divide by zero");
    return divide(numeric(a, name), divisor);
  }),
  $mod: operator(2, 2, ([a, b], name) => {
    if (isNullish(a) || isNullish(b)) return null;
    const divisor = numeric(b, name);
    if (isZero(divisor)) throw new MongoError(16610, "can't $mod by zero");
    return remainder(numeric(a, name), divisor);
  }),
  $abs: operator(1, 1, ([value], name) => {
    if (isNullish(value)) return null;
    const number = numeric(value, name);
    return compareNumbers(number, 0) < 0 ? negate(number) : number;
  }),
  $floor: rounding(Math.floor, 'floor'),
  $ceil: rounding(Math.ceil, 'ceil'),
  $round: roundTo('even'),
  $trunc: roundTo('trunc'),
  $sqrt: ofDouble(Math.sqrt, (value) => !(value < 0), 28714),
  $exp: ofDouble(Math.exp, always, 28765),
  $ln: ofDouble(Math.log, (value) => !(value <= 0), 28766),
  $log10: ofDouble(Math.log10, (value) => !(value <= 0), 28761),
  $pow: operator(2, 2, ([a, b], name) => {
    if (isNullish(a) || isNullish(b)) return null;
    const [base, exponent] = [numeric(a, name), numeric(b, name)];
    const integers = [base, exponent].every((n) => typeof n === 'number' || typeof n === 'bigint');
    const power = toDouble(exponent);
    if (integers && power >= 0 && power < 64) {
      const whole = BigInt(base as number) ** BigInt(power);
      if (toInt64(whole) === whole && whole >= -(1n << 63n) && whole < 1n << 63n) {
        return typeof base === 'number' && typeof exponent === 'number' ? narrow(whole) : whole;
      }
    }
    return new Double(toDouble(base) ** power);
  }),
};

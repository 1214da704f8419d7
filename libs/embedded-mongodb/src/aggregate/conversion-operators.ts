import { typeCodeOfName, typeNameOf } from '../bson/type-names';
import {
  BsonDate,
  BsonSymbol,
  Decimal128,
  Double,
  ObjectId,
  Timestamp,
  type Value,
} from '../bson/values';
import { MongoError } from '../errors';
import { fitsInt64, toDecimal } from '../numbers/arithmetic';
import { exactInteger, isNumeric, type Numeric, toDouble } from '../numbers/compare-numbers';
import { decimalParts, decimalText, parseDecimal } from '../numbers/decimal';
import { namedArguments, operator } from './arguments';
import type { OperatorTable } from './context';
import { isNullish, truthy } from './truth';

const failed = (value: Value, to: string): MongoError =>
  new MongoError(
    241,
    `Unsupported conversion from ${typeNameOf(value)} to ${to} in $convert with no onError value`,
  );

/** A scalar as text, as $toString and $toLower see it. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof BsonSymbol) return value.text;
  if (value instanceof ObjectId) return value.toString();
  if (value instanceof Decimal128) return decimalText(value);
  if (value instanceof BsonDate) return isoText(value);
  if (isNumeric(value)) return String(value instanceof Double ? value.value : value);
  if (value instanceof Timestamp) return String(value.bits);
  throw failed(value, 'string');
}

/** ISO 8601 with milliseconds; 241 outside of the years that can be written so. */
export function isoText(date: BsonDate): string {
  if (date.ms < -62_135_596_800_000n || date.ms > 253_402_300_799_999n) {
    throw new MongoError(241, 'the date is outside of the years that can be written');
  }
  return new Date(Number(date.ms)).toISOString();
}

function truncated(value: Numeric): bigint | undefined {
  const exact = exactInteger(value);
  if (exact !== undefined) return exact;
  if (value instanceof Decimal128) {
    const parts = decimalParts(value);
    if (parts.kind !== 'finite' || parts.exponent > 40) return undefined;
    const whole = parts.coefficient / 10n ** BigInt(-parts.exponent);
    return parts.negative ? -whole : whole;
  }
  const plain = toDouble(value);
  return Number.isFinite(plain) ? BigInt(Math.trunc(plain)) : undefined;
}

function toInteger(value: Value, to: 'int' | 'long'): Value {
  let whole: bigint | undefined;
  if (typeof value === 'boolean') whole = value ? 1n : 0n;
  else if (isNumeric(value)) whole = truncated(value);
  else if (value instanceof BsonDate && to === 'long') whole = value.ms;
  else if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) whole = BigInt(value);
  if (whole === undefined) throw failed(value, to);
  const fits = to === 'long' ? fitsInt64(whole) : whole >= -0x8000_0000n && whole <= 0x7fff_ffffn;
  if (!fits)
    throw new MongoError(241, `Conversion would overflow target type in $convert: ${whole}`);
  return to === 'long' ? whole : Number(whole);
}

function toDoubleValue(value: Value): Value {
  if (typeof value === 'boolean') return new Double(value ? 1 : 0);
  if (value instanceof BsonDate) return new Double(Number(value.ms));
  if (isNumeric(value)) return new Double(toDouble(value));
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) {
    return new Double(Number(value));
  }
  throw failed(value, 'double');
}

function toDecimalValue(value: Value): Value {
  if (typeof value === 'boolean') return toDecimal(value ? 1 : 0);
  if (value instanceof BsonDate) return toDecimal(value.ms);
  if (isNumeric(value)) return toDecimal(value);
  const parsed = typeof value === 'string' ? parseDecimal(value) : undefined;
  if (!parsed) throw failed(value, 'decimal');
  return parsed;
}

function toDate(value: Value): Value {
  if (value instanceof BsonDate) return value;
  if (value instanceof ObjectId) return new BsonDate(BigInt(value.bytes.readUInt32BE(0)) * 1000n);
  if (value instanceof Timestamp) return new BsonDate((value.bits >> 32n) * 1000n);
  if (isNumeric(value) && typeof value !== 'number') {
    const ms = truncated(value);
    if (ms !== undefined && fitsInt64(ms)) return new BsonDate(ms);
  }
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  if (Number.isNaN(ms)) throw failed(value, 'date');
  return new BsonDate(BigInt(ms));
}

function toObjectId(value: Value): Value {
  if (value instanceof ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) {
    return new ObjectId(Buffer.from(value, 'hex'));
  }
  throw failed(value, 'objectId');
}

const CONVERSIONS: Readonly<Record<number, (value: Value) => Value>> = {
  1: toDoubleValue,
  2: textOf,
  7: toObjectId,
  8: (value) => (typeof value === 'boolean' ? value : truthy(value)),
  9: toDate,
  16: (value) => toInteger(value, 'int'),
  18: (value) => toInteger(value, 'long'),
  19: toDecimalValue,
};

function conversionTo(type: number) {
  return operator(1, 1, ([value]) => (isNullish(value) ? null : CONVERSIONS[type]?.(value)));
}

function typeCode(to: Value | undefined): number {
  const code = typeof to === 'string' ? typeCodeOfName(to) : undefined;
  const numeric = to !== undefined && isNumeric(to) ? toDouble(to) : code;
  if (numeric === undefined || !CONVERSIONS[numeric]) {
    throw new MongoError(2, `Unknown type name: ${String(to)}`);
  }
  return numeric;
}

/** Conversions between types. */
export const CONVERSION_OPERATORS: OperatorTable = {
  $type: operator(1, 1, ([value]) => typeNameOf(value)),
  $isNumber: operator(1, 1, ([value]) => value !== undefined && isNumeric(value)),
  $toDouble: conversionTo(1),
  $toString: conversionTo(2),
  $toObjectId: conversionTo(7),
  $toBool: conversionTo(8),
  $toDate: conversionTo(9),
  $toInt: conversionTo(16),
  $toLong: conversionTo(18),
  $toDecimal: conversionTo(19),
  $convert: (operand, compile, name) => {
    const args = namedArguments(operand, compile, name, ['input', 'to'], ['onError', 'onNull']);
    return (context) => {
      const input = args.input?.(context);
      const to = args.to?.(context);
      if (isNullish(input)) return args.onNull ? args.onNull(context) : null;
      if (isNullish(to)) return null;
      const convert = CONVERSIONS[typeCode(to)];
      try {
        return convert?.(input);
      } catch (error) {
        if (args.onError && error instanceof MongoError) return args.onError(context);
        throw error;
      }
    };
  },
};

import { typeNameOf } from '../bson/type-names';
import { BsonDate, docOf, isDoc, ObjectId, Timestamp, type Value } from '../bson/values';
import { MongoError, notImplemented } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric } from '../numbers/compare-numbers';
import { namedArguments } from './arguments';
import type { Compile, Expression, OperatorCompiler, OperatorTable } from './context';
import { isNullish } from './truth';

const DAY_MS = 86_400_000;

function dateOf(value: Value, name: string): Date {
  let ms: bigint | undefined;
  if (value instanceof BsonDate) ms = value.ms;
  if (value instanceof ObjectId) ms = BigInt(value.bytes.readUInt32BE(0)) * 1000n;
  if (value instanceof Timestamp) ms = (value.bits >> 32n) * 1000n;
  const date = new Date(ms === undefined ? NaN : Number(ms));
  if (Number.isNaN(date.getTime())) {
    throw new MongoError(16006, `can't convert from ${typeNameOf(value)} to Date in ${name}`);
  }
  return date;
}

/** The operand as a date, in UTC; other time zones than UTC offsets are refused. */
function dateOperand(operand: Value, compile: Compile, name: string): Expression {
  if (isDoc(operand) && operand.has('date')) {
    const args = namedArguments(operand, compile, name, ['date'], ['timezone']);
    return (context) => shifted(args.date?.(context), args.timezone?.(context), name);
  }
  const single = Array.isArray(operand) && operand.length === 1 ? (operand[0] as Value) : operand;
  return compile(single);
}

function shifted(date: Value | undefined, zone: Value | undefined, name: string): Value {
  if (isNullish(date)) return null;
  const offset = isNullish(zone) ? 0 : offsetMs(zone);
  return new BsonDate(BigInt(dateOf(date, name).getTime() + offset));
}

function offsetMs(zone: Value): number {
  if (zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0;
  const match = typeof zone === 'string' ? /^([+-])(\d\d):?(\d\d)?$/.exec(zone) : null;
  if (!match) throw notImplemented('only UTC and offsets like +02:00 are supported as time zones');
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

function part(of: (date: Date) => Value): OperatorCompiler {
  return (operand, compile, name) => {
    const date = dateOperand(operand, compile, name);
    return (context) => {
      const value = date(context);
      return isNullish(value) ? null : of(dateOf(value, name));
    };
  };
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
}

/** ISO 8601 week and the year it belongs to. */
function isoWeek(date: Date): { week: number; year: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY_MS);
  return { week: Math.ceil(dayOfYear(thursday) / 7), year: thursday.getUTCFullYear() };
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const FORMATS: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => pad(date.getUTCFullYear(), 4),
  m: (date) => pad(date.getUTCMonth() + 1, 2),
  d: (date) => pad(date.getUTCDate(), 2),
  H: (date) => pad(date.getUTCHours(), 2),
  M: (date) => pad(date.getUTCMinutes(), 2),
  S: (date) => pad(date.getUTCSeconds(), 2),
  L: (date) => pad(date.getUTCMilliseconds(), 3),
  j: (date) => pad(dayOfYear(date), 3),
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay() + 1),
  G: (date) => pad(isoWeek(date).year, 4),
  V: (date) => pad(isoWeek(date).week, 2),
  z: () => '+0000',
  Z: () => '0',
  '%': () => '%',
};

function formatted(date: Date, format: string): string {
  return format.replace(/%(.)/g, (_, letter: string) => {
    const write = FORMATS[letter];
    if (!write)
      throw new MongoError(18536, `Invalid format character '%${letter}' in format string`);
    return write(date);
  });
}

const dateToString: OperatorCompiler = (operand, compile, name) => {
  const args = namedArguments(operand, compile, name, ['date'], ['format', 'timezone', 'onNull']);
  return (context) => {
    const date = args.date?.(context);
    if (isNullish(date)) return args.onNull ? args.onNull(context) : null;
    const local = shifted(date, args.timezone?.(context), name);
    const format = args.format?.(context) ?? '%Y-%m-%dT%H:%M:%S.%LZ';
    if (typeof format !== 'string')
      throw new MongoError(18533, '$dateToString needs a string format');
    return formatted(dateOf(local, name), format);
  };
};

const UNIT_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
};
const UNIT_MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

function dateAdd(direction: 1 | -1): OperatorCompiler {
  return (operand, compile, name) => {
    const args = namedArguments(
      operand,
      compile,
      name,
      ['startDate', 'unit', 'amount'],
      ['timezone'],
    );
    return (context) => {
      const [start, unit, amount] = [args.startDate, args.unit, args.amount].map((a) =>
        a?.(context),
      );
      if (isNullish(start) || isNullish(unit) || isNullish(amount)) return null;
      const count = isNumeric(amount) ? toInt64(amount) : undefined;
      if (count === undefined) throw new MongoError(5166405, `${name} expects integer amounts`);
      return moved(dateOf(start, name), String(unit), Number(count) * direction, name);
    };
  };
}

function moved(start: Date, unit: string, amount: number, name: string): BsonDate {
  const ms = UNIT_MS[unit];
  if (ms !== undefined) return new BsonDate(BigInt(start.getTime() + amount * ms));
  const months = UNIT_MONTHS[unit];
  if (months === undefined) throw new MongoError(9, `unknown time unit value in ${name}: ${unit}`);
  const target = new Date(start);
  const day = start.getUTCDate();
  target.setUTCDate(1);
  target.setUTCMonth(target.getUTCMonth() + amount * months);
  const last = new Date(
    Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0),
  ).getUTCDate();
  target.setUTCDate(Math.min(day, last));
  return new BsonDate(BigInt(target.getTime()));
}

const dateTrunc: OperatorCompiler = (operand, compile, name) => {
  const args = namedArguments(operand, compile, name, ['date', 'unit'], ['timezone']);
  return (context) => {
    const [value, unit] = [args.date?.(context), args.unit?.(context)];
    if (isNullish(value) || isNullish(unit)) return null;
    const date = dateOf(value, name);
    const months = UNIT_MONTHS[String(unit)];
    if (months !== undefined) {
      const month = Math.floor(date.getUTCMonth() / months) * months;
      return new BsonDate(BigInt(Date.UTC(date.getUTCFullYear(), month, 1)));
    }
    const ms = UNIT_MS[String(unit)];
    if (ms === undefined) throw new MongoError(9, `unknown time unit value in ${name}: ${unit}`);
    // The first day of 1970 was a Thursday; weeks begin on Sunday.
    const shift = unit === 'week' ? 4 * DAY_MS : 0;
    return new BsonDate(BigInt(Math.floor((date.getTime() + shift) / ms) * ms - shift));
  };
};

/** Dates, in UTC or at a fixed offset. */
export const DATE_OPERATORS: OperatorTable = {
  $year: part((date) => date.getUTCFullYear()),
  $month: part((date) => date.getUTCMonth() + 1),
  $dayOfMonth: part((date) => date.getUTCDate()),
  $dayOfWeek: part((date) => date.getUTCDay() + 1),
  $dayOfYear: part(dayOfYear),
  $hour: part((date) => date.getUTCHours()),
  $minute: part((date) => date.getUTCMinutes()),
  $second: part((date) => date.getUTCSeconds()),
  $millisecond: part((date) => date.getUTCMilliseconds()),
  $isoWeek: part((date) => isoWeek(date).week),
  $isoWeekYear: part((date) => BigInt(isoWeek(date).year)),
  $isoDayOfWeek: part((date) => date.getUTCDay() || 7),
  $dateToParts: part((date) =>
    docOf({
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      millisecond: date.getUTCMilliseconds(),
    }),
  ),
  $dateToString: dateToString,
  $dateAdd: dateAdd(1),
  $dateSubtract: dateAdd(-1),
  $dateTrunc: dateTrunc,
};

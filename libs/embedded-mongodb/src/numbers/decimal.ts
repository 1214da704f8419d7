import { Decimal128 } from '../bson/values';

/** The parts of a decimal: a finite one is (−1)^negative · coefficient · 10^exponent. */
export type Decimal =
  | { kind: 'finite'; negative: boolean; coefficient: bigint; exponent: number }
  | { kind: 'infinity'; negative: boolean }
  | { kind: 'nan' };

const BIAS = 6176;
const EXPONENT_MAX = 6111;
const EXPONENT_MIN = -6176;
const DIGITS_MAX = 34;
const COEFFICIENT_LIMIT = 10n ** 34n;
const COEFFICIENT_MASK = (1n << 113n) - 1n;

/** Splits the 16 bytes of IEEE 754 decimal128 (binary integer form, as BSON stores it). */
export function decimalParts(value: Decimal128): Decimal {
  const high = value.bytes.readBigUInt64LE(8);
  const bits = (high << 64n) | value.bytes.readBigUInt64LE(0);
  const negative = high >> 63n === 1n;
  const top = Number((high >> 58n) & 0x1fn);
  if (top === 0x1f) return { kind: 'nan' };
  if (top === 0x1e) return { kind: 'infinity', negative };
  if (top >> 3 === 3) {
    // Coefficients of this form are above 34 digits: by the standard they count as zero.
    const exponent = Number((high >> 47n) & 0x3fffn) - BIAS;
    return { kind: 'finite', negative, coefficient: 0n, exponent };
  }
  const coefficient = bits & COEFFICIENT_MASK;
  const exponent = Number((high >> 49n) & 0x3fffn) - BIAS;
  const canonical = coefficient < COEFFICIENT_LIMIT ? coefficient : 0n;
  return { kind: 'finite', negative, coefficient: canonical, exponent };
}

/** Rounds to 34 digits (half to even) and packs; beyond the range it becomes infinite or zero. */
export function decimalOf(value: Decimal): Decimal128 {
  if (value.kind === 'nan') return pack(0x7c00n << 48n, 0n);
  if (value.kind === 'infinity') return pack((value.negative ? 0xf800n : 0x7800n) << 48n, 0n);
  let { coefficient, exponent } = value;
  const excess = Math.max(digitCount(coefficient) - DIGITS_MAX, EXPONENT_MIN - exponent, 0);
  if (excess > 0) {
    coefficient = dividedHalfEven(coefficient, excess);
    exponent += excess;
    if (coefficient >= COEFFICIENT_LIMIT) {
      coefficient /= 10n;
      exponent += 1;
    }
  }
  while (exponent > EXPONENT_MAX && coefficient !== 0n && coefficient * 10n < COEFFICIENT_LIMIT) {
    coefficient *= 10n;
    exponent -= 1;
  }
  if (exponent > EXPONENT_MAX) {
    if (coefficient !== 0n) return decimalOf({ kind: 'infinity', negative: value.negative });
    exponent = EXPONENT_MAX;
  }
  const sign = value.negative ? 1n << 63n : 0n;
  const high = sign | (BigInt(exponent + BIAS) << 49n) | (coefficient >> 64n);
  return pack(high, coefficient & 0xffff_ffff_ffff_ffffn);
}

function pack(high: bigint, low: bigint): Decimal128 {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(low, 0);
  bytes.writeBigUInt64LE(high, 8);
  return new Decimal128(bytes);
}

function dividedHalfEven(coefficient: bigint, digits: number): bigint {
  if (digits > digitCount(coefficient) + 1) return 0n;
  const divisor = 10n ** BigInt(digits);
  const quotient = coefficient / divisor;
  const twice = (coefficient % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** Decimal digits of a non-negative integer; zero has one. */
export function digitCount(coefficient: bigint): number {
  return coefficient.toString().length;
}

/** Parses a decimal string; undefined when it is not a number. */
export function parseDecimal(text: string): Decimal128 | undefined {
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special) {
    const nan = special[2]?.toLowerCase() === 'nan';
    return decimalOf(nan ? { kind: 'nan' } : { kind: 'infinity', negative: special[1] === '-' });
  }
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,6}))?$/i.exec(text);
  const digits = match ? (match[2] ?? '') + (match[3] ?? '') : '';
  if (!match || digits === '' || digits.length > 10_000) return undefined;
  return decimalOf({
    kind: 'finite',
    negative: match[1] === '-',
    coefficient: BigInt(digits),
    exponent: Number(match[4] ?? 0) - (match[3] ?? '').length,
  });
}

/** The text MongoDB shows: plain while the exponent is small, scientific beyond. */
export function decimalText(value: Decimal128): string {
  const parts = decimalParts(value);
  if (parts.kind === 'nan') return 'NaN';
  if (parts.kind === 'infinity') return parts.negative ? '-Infinity' : 'Infinity';
  const sign = parts.negative ? '-' : '';
  const digits = parts.coefficient.toString();
  const adjusted = parts.exponent + digits.length - 1;
  if (parts.exponent > 0 || adjusted < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}E${adjusted < 0 ? '' : '+'}${adjusted}`;
  }
  if (parts.exponent === 0) return sign + digits;
  const padded = digits.padStart(1 - parts.exponent, '0');
  const point = padded.length + parts.exponent;
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** A double as a decimal of 15 significant digits, which is how MongoDB mixes the two. */
export function decimalOfDouble(value: number): Decimal128 {
  if (Number.isNaN(value)) return decimalOf({ kind: 'nan' });
  if (!Number.isFinite(value)) return decimalOf({ kind: 'infinity', negative: value < 0 });
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return decimalOfInteger(BigInt(value));
  return parseDecimal(value.toExponential(14)) as Decimal128;
}

/** An integer as a decimal. */
export function decimalOfInteger(value: bigint): Decimal128 {
  const negative = value < 0n;
  return decimalOf({
    kind: 'finite',
    negative,
    coefficient: negative ? -value : value,
    exponent: 0,
  });
}

/** The nearest double. */
export function doubleOfDecimal(value: Decimal128): number {
  return Number(decimalText(value));
}

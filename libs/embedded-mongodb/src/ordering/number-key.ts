import { Decimal128, Double } from '../bson/values';
import { compareNumbers, type Numeric, toDouble } from '../numbers/compare-numbers';
import { decimalParts } from '../numbers/decimal';

/**
 * Bytes whose order is the exact order of all numbers, whatever their width: first the greatest
 * double that is not above the number, then 0 if that is the number itself, else 1 and its
 * decimal digits, which order the numbers that lie between two neighbouring doubles.
 */
export function numberKey(value: Numeric): Buffer {
  const floor = floorDouble(value);
  const head = Buffer.alloc(9);
  writeOrdered(head, floor);
  if (Number.isNaN(floor) || compareNumbers(value, new Double(floor)) === 0) return head;
  head[8] = 1;
  return Buffer.concat([head, digitsKey(value)]);
}

function floorDouble(value: Numeric): number {
  const nearest = toDouble(value);
  if (typeof value === 'number' || value instanceof Double || Number.isNaN(nearest)) return nearest;
  return compareNumbers(new Double(nearest), value) > 0 ? below(nearest) : nearest;
}

function writeOrdered(target: Buffer, value: number): void {
  // Eight zero bytes are left for NaN, which sorts below −Infinity.
  if (Number.isNaN(value)) return;
  target.writeDoubleBE(value === 0 ? 0 : value);
  if ((target[0] as number) < 0x80) {
    target[0] = (target[0] as number) | 0x80;
  } else {
    for (let index = 0; index < 8; index++) target[index] = ~(target[index] as number) & 0xff;
  }
}

/** The next double towards −Infinity. */
function below(value: number): number {
  if (value === -Infinity) return value;
  if (value === 0) return -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  view.setBigUint64(0, value > 0 ? bits - 1n : bits + 1n);
  return view.getFloat64(0);
}

/** Sign, exponent of the first digit and digits; only for finite numbers that are no double. */
function digitsKey(value: Numeric): Buffer {
  const { negative, coefficient, exponent } = decimalForm(value);
  const digits = coefficient.toString().replace(/0+$/, '');
  const leading = exponent + coefficient.toString().length;
  const key = Buffer.alloc(3 + digits.length + 1);
  key[0] = 2;
  key.writeUInt16BE(leading + 10_000, 1);
  key.write(digits, 3, 'latin1');
  if (negative)
    for (let index = 0; index < key.length; index++) key[index] = ~(key[index] as number) & 0xff;
  return key;
}

function decimalForm(value: Numeric): {
  negative: boolean;
  coefficient: bigint;
  exponent: number;
} {
  if (value instanceof Decimal128) {
    const parts = decimalParts(value);
    if (parts.kind === 'finite') return parts;
  }
  const integer = typeof value === 'bigint' ? value : 0n;
  const negative = integer < 0n;
  return { negative, coefficient: negative ? -integer : integer, exponent: 0 };
}

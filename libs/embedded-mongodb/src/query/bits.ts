import { Binary, type Value } from '../bson/values';
import { badValue } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric } from '../numbers/compare-numbers';

const POSITION_MAX = 100_000;

/** A test of single bits of integers and binary data; the operand is a mask or bit positions. */
export function bitsTest(name: string, operand: Value): (value: Value | undefined) => boolean {
  const positions = bitPositions(name, operand);
  const wantSet = name.endsWith('Set');
  return (value) => {
    const bitAt = value === undefined ? undefined : bitReader(value);
    if (!bitAt) return false;
    const passes = (position: number): boolean => bitAt(position) === wantSet;
    return name.startsWith('$bitsAll') ? positions.every(passes) : positions.some(passes);
  };
}

function bitPositions(name: string, operand: Value): number[] {
  if (Array.isArray(operand)) {
    return operand.map((item) => {
      const position = isNumeric(item) ? toInt64(item) : undefined;
      if (position === undefined || position < 0n || position > BigInt(POSITION_MAX)) {
        throw badValue(`bit positions must be non-negative integers, in ${name}`);
      }
      return Number(position);
    });
  }
  if (operand instanceof Binary) return setBits(operand.bytes);
  const mask = isNumeric(operand) ? toInt64(operand) : undefined;
  if (mask === undefined || mask < 0n) {
    throw badValue(
      `${name} takes an Array, a number, or a BinData but received: ${typeof operand}`,
    );
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(mask);
  return setBits(bytes);
}

function setBits(bytes: Buffer): number[] {
  const positions: number[] = [];
  for (let position = 0; position < bytes.length * 8; position++) {
    if (((bytes[position >> 3] as number) >> (position & 7)) & 1) positions.push(position);
  }
  return positions;
}

function bitReader(value: Value): ((position: number) => boolean) | undefined {
  if (value instanceof Binary) {
    return (position) => (((value.bytes[position >> 3] ?? 0) >> (position & 7)) & 1) === 1;
  }
  const integer = isNumeric(value) ? toInt64(value) : undefined;
  if (integer === undefined) return undefined;
  // Above bit 63 the sign goes on.
  return (position) => ((integer >> BigInt(Math.min(position, 63))) & 1n) === 1n;
}

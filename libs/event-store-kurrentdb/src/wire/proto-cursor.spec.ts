import fc from 'fast-check';
import { MalformedMessage, ProtoCursor } from './proto-cursor';

const cursor = (...bytes: number[]): ProtoCursor => new ProtoCursor(Buffer.from(bytes));

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    if (rest <= 0x7fn) return bytes;
  }
}

it('reads every number of 64 bits without loss, and goes on behind it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(63), (wide, shift) => {
      const value = wide >> BigInt(shift);
      const at = cursor(...varint(value), 7);
      expect(BigInt(at.unsigned(11))).toBe(value);
      expect(at.unsigned(at.at + 1)).toBe(7);
    }),
  );
});

it('does not pass the end that it is given', () => {
  expect(() => cursor(0x80, 1).unsigned(1)).toThrow(MalformedMessage);
  expect(() => cursor(1).unsigned(0)).toThrow(MalformedMessage);
  expect(() => cursor(3, 0, 0, 0).valueEnd(3)).toThrow(MalformedMessage);
  expect(cursor(3, 0, 0, 0).valueEnd(4)).toBe(4);
  for (const [wire, bytes] of [
    [1, 8],
    [5, 4],
  ] as const) {
    const value = new Array<number>(bytes).fill(0);
    expect(() => cursor(...value).skip(wire, bytes - 1)).toThrow(MalformedMessage);
    const whole = cursor(...value);
    whole.skip(wire, bytes);
    expect(whole.at).toBe(bytes);
  }
});

it('refuses numbers of more than 64 bits and groups, which nobody sends', () => {
  expect(() => cursor(...new Array<number>(11).fill(0xff)).unsigned(11)).toThrow(MalformedMessage);
  expect(() => cursor(0).skip(3, 1)).toThrow(MalformedMessage);
});

it('compares a value with bytes, and goes on behind it either way', () => {
  const type = Buffer.from('type');
  for (const [text, same] of [
    ['type', true],
    ['tape', false],
    ['types', false],
    ['', false],
  ] as const) {
    const at = new ProtoCursor(Buffer.from(text));
    expect(at.matches(type, text.length)).toBe(same);
    expect(at.at).toBe(text.length);
  }
});

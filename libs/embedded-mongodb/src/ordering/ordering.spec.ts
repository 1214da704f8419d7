import fc from 'fast-check';
import { decodeDoc } from '../bson/decode';
import { encodeDoc } from '../bson/encode';
import { Double, docOf, MAX_KEY, MIN_KEY, type Value } from '../bson/values';
import { parseDecimal } from '../numbers/decimal';
import { anyValue } from '../testing/arbitraries.fixture';
import { compareValues } from './compare';
import { encodeKey, encodeFields } from './key-encoding';

const sign = (n: number): number => Math.sign(n) + 0;

describe('order of values', () => {
  test('the order of key bytes is the order of values', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(sign(Buffer.compare(encodeKey(a), encodeKey(b)))).toBe(sign(compareValues(a, b)));
      }),
      { numRuns: 6_000 },
    );
  });

  test('compound keys order field by field, each in its own direction', () => {
    const pair = fc.tuple(anyValue, anyValue);
    fc.assert(
      fc.property(pair, pair, fc.tuple(fc.boolean(), fc.boolean()), (a, b, directions) => {
        const first = compareValues(a[0], b[0]) * (directions[0] ? -1 : 1);
        const expected = first || compareValues(a[1], b[1]) * (directions[1] ? -1 : 1);
        const keys = [encodeFields(a, directions), encodeFields(b, directions)] as const;
        expect(sign(Buffer.compare(...keys))).toBe(sign(expected));
      }),
      { numRuns: 4_000 },
    );
  });

  test('comparison is antisymmetric and transitive', () => {
    fc.assert(
      fc.property(anyValue, anyValue, anyValue, (a, b, c) => {
        expect(sign(compareValues(a, b))).toBe(-sign(compareValues(b, a)) + 0);
        const sorted = [a, b, c].sort(compareValues);
        expect(compareValues(sorted[0]!, sorted[2]!)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 5_000 },
    );
  });

  test('numbers of all widths compare by their exact values', () => {
    const ascending: Value[] = [
      MIN_KEY,
      new Double(NaN),
      new Double(-Infinity),
      parseDecimal('-1E+6000')!,
      -(1n << 63n),
      -1,
      parseDecimal('-1E-6000')!,
      0,
      parseDecimal('1E-6000')!,
      new Double(5e-324),
      parseDecimal('0.1')!,
      new Double(0.1),
      1n << 53n,
      (1n << 53n) + 1n,
      new Double(2 ** 53 + 2),
      (1n << 63n) - 1n,
      parseDecimal('9223372036854775807.5')!,
      new Double(2 ** 63),
      new Double(1e300),
      parseDecimal('1E+6000')!,
      new Double(Infinity),
      '',
      MAX_KEY,
    ];
    for (let i = 1; i < ascending.length; i++) {
      expect(compareValues(ascending[i - 1]!, ascending[i]!)).toBeLessThan(0);
      expect(Buffer.compare(encodeKey(ascending[i - 1]!), encodeKey(ascending[i]!))).toBe(-1);
    }
    expect(compareValues(1, new Double(1))).toBe(0);
    expect(compareValues(1n, parseDecimal('1.00')!)).toBe(0);
  });
});

describe('BSON', () => {
  test('what is encoded decodes to the same bytes and the same value', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeDoc(docOf({ value }));
        const decoded = decodeDoc(bytes);
        expect(encodeDoc(decoded).equals(bytes)).toBe(true);
        expect(compareValues(decoded.get('value')!, value)).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });

  test('documents of every size are encoded whole', () => {
    for (let size = 0; size < 600; size++) {
      const doc = docOf({
        pad: 'x'.repeat(size),
        i: 7,
        l: 7n,
        d: new Double(7),
        b: true,
        n: docOf({ a: [1] }),
      });
      expect(compareValues(decodeDoc(encodeDoc(doc)), doc)).toBe(0);
    }
  });

  test('damaged bytes are refused or decoded, never read beyond their end', () => {
    const damage = fc.tuple(anyValue, fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(damage, ([value, at, byte]) => {
        const bytes = Buffer.from(encodeDoc(docOf({ value })));
        bytes[at % bytes.length] = byte;
        try {
          decodeDoc(bytes);
        } catch (error) {
          expect((error as Error).name).toBe('BsonError');
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

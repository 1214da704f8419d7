import fc from 'fast-check';
import { anyValue } from '../testing/arbitraries.fixture';
import { BsonError } from './bson-error';
import { decodeDoc } from './decode';
import { encodeDoc } from './encode';
import { decodeFields, FieldNames, plainId } from './partial';
import type { Doc } from './values';
import { type FieldVisitor, walkFields, walkTop } from './walk';

const anyDoc = fc
  .uniqueArray(fc.tuple(fc.constantFrom('_id', 'a', 'b', '$c', 'é', ''), anyValue), {
    selector: ([name]) => name,
  })
  .map((fields): Doc => new Map(fields));

const refuses = (read: () => unknown): boolean => {
  try {
    read();
    return false;
  } catch (error) {
    if (error instanceof BsonError) return true;
    throw error;
  }
};

it('gives the fields asked for as a whole decoding does', () => {
  const wanted = new FieldNames(['a', 'é', 'absent']);
  fc.assert(
    fc.property(anyDoc, (doc) => {
      const bytes = encodeDoc(doc);
      const expected = [...decodeDoc(bytes)].filter(([name]) => wanted.names.includes(name));
      expect([...decodeFields(bytes, wanted)]).toEqual(expected);
    }),
  );
});

it('refuses exactly the bytes that cannot be decoded', () => {
  fc.assert(
    fc.property(anyDoc, fc.array(fc.tuple(fc.nat(), fc.nat(255))), fc.nat(), (doc, flips, cut) => {
      const bytes = Buffer.from(encodeDoc(doc));
      for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
      const given = cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
      expect(refuses(() => walkFields(given, undefined))).toBe(refuses(() => decodeDoc(given)));
    }),
    { numRuns: 3_000 },
  );
});

it('goes over the same fields without looking into documents', () => {
  fc.assert(
    fc.property(anyDoc, (doc) => {
      const bytes = encodeDoc(doc);
      const seen = (walk: (bytes: Buffer, visit: FieldVisitor) => void): number[][] => {
        const fields: number[][] = [];
        walk(bytes, (...field) => fields.push(field));
        return fields;
      };
      expect(seen(walkTop)).toEqual(seen(walkFields));
    }),
  );
});

it('gives the _id only of a plain document that begins with it', () => {
  const bytesOf = (fields: readonly [string, number][]) => encodeDoc(new Map(fields));
  const plain = bytesOf([
    ['_id', 1],
    ['a', 2],
  ]);
  expect(plainId(plain)).toEqual(plain.subarray(4, 13));
  expect(plainId(bytesOf([['a', 2]]))).toBeUndefined();
  const late = bytesOf([
    ['a', 2],
    ['_id', 1],
  ]);
  expect(plainId(late)).toBeUndefined();
  const operator = bytesOf([
    ['_id', 1],
    ['$set', 2],
  ]);
  expect(plainId(operator)).toBeUndefined();
});

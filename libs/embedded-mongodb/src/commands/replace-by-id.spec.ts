import { BsonError } from '../bson/bson-error';
import { encodeDoc } from '../bson/encode';
import { docOf, Double, RawDoc, type Value } from '../bson/values';
import { replacementById } from './replace-by-id';

const statement = (fields: Record<string, Value>): RawDoc => new RawDoc(encodeDoc(docOf(fields)));
const usual = {
  q: docOf({ _id: 'x', revision: 1 }),
  u: docOf({ _id: 'x', list: [docOf({ deep: 'text' })] }),
};

it('takes the common form and leaves everything that says more', () => {
  const takes = (fields: Record<string, Value>) => replacementById(statement(fields)) !== undefined;
  expect(takes(usual)).toBe(true);
  expect(takes({ ...usual, multi: false, upsert: false })).toBe(true);
  expect(takes({ ...usual, upsert: true })).toBe(false);
  expect(takes({ ...usual, hint: '_id_' })).toBe(false);
  expect(takes({ ...usual, q: docOf({ revision: 1 }) })).toBe(false);
  expect(takes({ ...usual, q: docOf({ _id: 'y' }) })).toBe(false);
  expect(takes({ ...usual, q: docOf({ _id: 'x', revision: docOf({ $lt: 2 }) }) })).toBe(false);
  expect(takes({ ...usual, q: docOf({ _id: 'x', 'a.b': 1 }) })).toBe(false);
  expect(takes({ ...usual, q: docOf({ _id: 'x', n: new Double(1) }) })).toBe(false);
  expect(takes({ ...usual, u: docOf({ _id: 'x', $set: 1 }) })).toBe(false);
});

it.each(['revision', 'deep'])('refuses a statement that is broken at %s', (name) => {
  const { bytes } = statement(usual);
  const broken = Buffer.from(bytes);
  // No type of BSON has this number.
  broken[bytes.indexOf(name) - 1] = 0x77;
  expect(() => replacementById(new RawDoc(broken))).toThrow(BsonError);
});

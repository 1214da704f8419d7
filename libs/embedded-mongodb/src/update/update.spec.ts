import fc from 'fast-check';
import { type Doc, docOf, Double, type Value } from '../bson/values';
import { parseDecimal } from '../numbers/decimal';
import { compareValues } from '../ordering/compare';
import { anyNumber } from '../testing/arbitraries.fixture';
import { parseUpdate } from './update';

const target = { matched: undefined, inserting: false };
const updated = (doc: Doc, update: Doc): Doc => parseUpdate(update).apply(doc, target);

describe('updates', () => {
  test.each<[string, Doc, Doc, Doc]>([
    [
      '$inc widens an Int32',
      docOf({ a: 2147483647 }),
      docOf({ $inc: docOf({ a: 1 }) }),
      docOf({ a: 2147483648n }),
    ],
    [
      '$inc of a double',
      docOf({ a: 1 }),
      docOf({ $inc: docOf({ a: new Double(0.5) }) }),
      docOf({ a: new Double(1.5) }),
    ],
    [
      '$inc of a decimal',
      docOf({ a: 1n }),
      docOf({ $inc: docOf({ a: parseDecimal('0.10')! }) }),
      docOf({ a: parseDecimal('1.10')! }),
    ],
    ['$mul of a missing field', docOf({}), docOf({ $mul: docOf({ a: 5n }) }), docOf({ a: 0n })],
    ['$min over types', docOf({ a: 'x' }), docOf({ $min: docOf({ a: 5 }) }), docOf({ a: 5 })],
    [
      '$set makes documents',
      docOf({}),
      docOf({ $set: docOf({ 'a.b': 1 }) }),
      docOf({ a: docOf({ b: 1 }) }),
    ],
    [
      '$set pads arrays',
      docOf({ a: [1] }),
      docOf({ $set: docOf({ 'a.3': 2 }) }),
      docOf({ a: [1, null, null, 2] }),
    ],
    [
      '$unset in an array leaves null',
      docOf({ a: [1, 2] }),
      docOf({ $unset: docOf({ 'a.0': 1 }) }),
      docOf({ a: [null, 2] }),
    ],
    ['$rename', docOf({ a: 1, b: 2 }), docOf({ $rename: docOf({ a: 'b' }) }), docOf({ b: 1 })],
    [
      '$push at a position',
      docOf({ a: [1, 2] }),
      docOf({ $push: docOf({ a: docOf({ $each: [9], $position: 1 }) }) }),
      docOf({ a: [1, 9, 2] }),
    ],
    [
      '$pull by filter',
      docOf({ a: [docOf({ k: 1 }), docOf({ k: 2 })] }),
      docOf({ $pull: docOf({ a: docOf({ k: 1 }) }) }),
      docOf({ a: [docOf({ k: 2 })] }),
    ],
    [
      '$pop from the front',
      docOf({ a: [1, 2] }),
      docOf({ $pop: docOf({ a: -1 }) }),
      docOf({ a: [2] }),
    ],
    [
      '$addToSet by value',
      docOf({ a: [1] }),
      docOf({ $addToSet: docOf({ a: new Double(1) }) }),
      docOf({ a: [1] }),
    ],
    ['$bit', docOf({ a: 5 }), docOf({ $bit: docOf({ a: docOf({ xor: 1 }) }) }), docOf({ a: 4 })],
    [
      'a replacement keeps the _id',
      docOf({ _id: 1, a: 1 }),
      docOf({ b: 2 }),
      docOf({ _id: 1, b: 2 }),
    ],
  ])('%s', (_name, doc, update, expected) => {
    expect(updated(doc, update)).toEqual(expected);
  });

  test.each<[Doc, Doc, number]>([
    [docOf({ a: (1n << 63n) - 1n }), docOf({ $inc: docOf({ a: 1 }) }), 2],
    [docOf({ a: 'x' }), docOf({ $inc: docOf({ a: 1 }) }), 14],
    [docOf({ a: 1 }), docOf({ $push: docOf({ a: 1 }) }), 2],
    [docOf({ a: 1 }), docOf({ $set: docOf({ 'a.b': 1 }) }), 28],
    [docOf({ _id: 1 }), docOf({ $set: docOf({ _id: 2 }) }), 66],
    [docOf({ _id: 1 }), docOf({ _id: 2 }), 66],
    [docOf({}), docOf({ $set: docOf({ a: 1 }), $inc: docOf({ a: 1 }) }), 40],
    [docOf({}), docOf({ $foo: docOf({ a: 1 }) }), 9],
    [docOf({}), docOf({ $set: docOf({ 'a.$.b': 1 }) }), 2],
  ])('%p changed by %p is refused with %d', (doc, update, code) => {
    expect(() => updated(doc, update)).toThrow(expect.objectContaining({ code }));
  });

  test('the original is never changed, and $set gives what it was told', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (before, after) => {
        const doc = docOf({ a: docOf({ b: before }), c: [before] });
        const result = updated(
          doc,
          docOf({ $set: docOf({ 'a.b': after }), $push: docOf({ c: after }) }),
        );
        expect(compareValues(doc, docOf({ a: docOf({ b: before }), c: [before] }))).toBe(0);
        expect((result.get('a') as Doc).get('b')).toEqual(after);
        expect((result.get('c') as Value[]).length).toBe(2);
      }),
    );
  });
});

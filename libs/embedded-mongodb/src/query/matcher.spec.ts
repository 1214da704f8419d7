import { BsonRegex, type Doc, docOf, Double, MIN_KEY, type Value } from '../bson/values';
import { parseDecimal } from '../numbers/decimal';
import { matches } from './filter';
import { parseFilter } from './parse-filter';

const arr = (...items: Value[]): Value => items;
const passes = (filter: Doc, doc: Doc): boolean => matches(parseFilter(filter), doc);

describe('filters', () => {
  test.each<[string, Doc, Doc, boolean]>([
    ['a number of another width', docOf({ a: 1 }), docOf({ a: 1n }), true],
    ['a decimal by value', docOf({ a: parseDecimal('1.0')! }), docOf({ a: new Double(1) }), true],
    ['null for a missing field', docOf({ a: null }), docOf({}), true],
    ['null not for an empty array', docOf({ a: null }), docOf({ a: [] }), false],
    ['null below a scalar', docOf({ 'a.b': null }), docOf({ a: 5 }), true],
    ['null not below scalars in an array', docOf({ 'a.b': null }), docOf({ a: [5] }), false],
    ['an element of an array', docOf({ a: 2 }), docOf({ a: [1, 2] }), true],
    ['an array as a whole', docOf({ a: arr(1, 2) }), docOf({ a: [1, 2] }), true],
    ['an array inside an array', docOf({ a: arr(1) }), docOf({ a: [[1]] }), true],
    ['by index', docOf({ 'a.1': 2 }), docOf({ a: [1, 2] }), true],
    ['inside documents of an array', docOf({ 'a.b': 2 }), docOf({ a: [docOf({ b: 2 })] }), true],
    [
      'documents with the same order of fields',
      docOf({ a: docOf({ x: 1, y: 2 }) }),
      docOf({ a: docOf({ y: 2, x: 1 }) }),
      false,
    ],
    ['only its own type bracket', docOf({ a: docOf({ $lt: 5 }) }), docOf({ a: 'x' }), false],
    ['NaN never in a range', docOf({ a: docOf({ $lt: 5 }) }), docOf({ a: new Double(NaN) }), false],
    ['NaN by equality', docOf({ a: new Double(NaN) }), docOf({ a: new Double(NaN) }), true],
    ['everything above MinKey', docOf({ a: docOf({ $gt: MIN_KEY }) }), docOf({ a: 'x' }), true],
    [
      'two elements for one range',
      docOf({ a: docOf({ $gt: 1, $lt: 5 }) }),
      docOf({ a: [0, 9] }),
      true,
    ],
    [
      'one element for $elemMatch',
      docOf({ a: docOf({ $elemMatch: docOf({ $gt: 1, $lt: 5 }) }) }),
      docOf({ a: [0, 9] }),
      false,
    ],
    ['$ne of no element', docOf({ a: docOf({ $ne: 1 }) }), docOf({ a: [1, 2] }), false],
    ['$exists of null', docOf({ a: docOf({ $exists: true }) }), docOf({ a: null }), true],
    ['$in with null', docOf({ a: docOf({ $in: [null] }) }), docOf({}), true],
    ['$all with one of two', docOf({ a: docOf({ $all: [1, 3] }) }), docOf({ a: [1, 2] }), false],
    ['$size', docOf({ a: docOf({ $size: 2 }) }), docOf({ a: [1, 2] }), true],
    ['$type by alias', docOf({ a: docOf({ $type: 'long' }) }), docOf({ a: 1n }), true],
    ['$mod', docOf({ a: docOf({ $mod: [4, 1] }) }), docOf({ a: new Double(5.5) }), true],
    ['a regular expression', docOf({ a: new BsonRegex('^B', 'i') }), docOf({ a: 'bc' }), true],
    [
      '$not of a regular expression',
      docOf({ a: docOf({ $not: new BsonRegex('b', '') }) }),
      docOf({ a: 'b' }),
      false,
    ],
    ['$nor', docOf({ $nor: [docOf({ a: 1 }), docOf({ b: 1 })] }), docOf({ a: 2 }), true],
    ['$expr', docOf({ $expr: docOf({ $gt: ['$a', '$b'] }) }), docOf({ a: 2, b: 1 }), true],
    ['$bitsAllSet', docOf({ a: docOf({ $bitsAllSet: 6 }) }), docOf({ a: 7 }), true],
  ])('%s', (_name, filter, doc, expected) => {
    expect(passes(filter, doc)).toBe(expected);
  });

  test.each<[Doc, number]>([
    [docOf({ $foo: 1 }), 2],
    [docOf({ a: docOf({ $foo: 1 }) }), 2],
    [docOf({ $or: [] }), 2],
    [docOf({ a: docOf({ $in: 1 }) }), 2],
    [docOf({ $where: 'true' }), 238],
    [docOf({ a: new BsonRegex('(', '') }), 51091],
  ])('%p is refused with %d', (filter, code) => {
    expect(() => parseFilter(filter)).toThrow(expect.objectContaining({ code }));
  });
});

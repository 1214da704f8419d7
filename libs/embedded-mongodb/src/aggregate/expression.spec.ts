import { BsonDate, docOf, Double, type Value } from '../bson/values';
import { parseDecimal } from '../numbers/decimal';
import { compileExpression, evaluate } from './expression';

const doc = docOf({
  i: 2147483647,
  l: (1n << 63n) - 1n,
  d: new Double(0.5),
  m: parseDecimal('0.1')!,
  s: 'Straße',
  a: [1, 2, 3],
  n: null,
  o: docOf({ k: 1 }),
  list: [docOf({ v: 1 }), docOf({ v: 2 })],
  at: new BsonDate(1_000_000_000_000n),
});
const value = (expression: Value): Value | undefined =>
  evaluate(compileExpression(expression), doc, new Map());

describe('expressions', () => {
  test.each<[Value, Value | undefined]>([
    [docOf({ $add: ['$i', 1] }), 2147483648n],
    [docOf({ $add: ['$l', 1] }), new Double(2 ** 63)],
    [docOf({ $add: ['$m', 1] }), parseDecimal('1.1')],
    [docOf({ $add: ['$at', 1] }), new BsonDate(1_000_000_000_001n)],
    [docOf({ $add: ['$missing', 1] }), null],
    [docOf({ $divide: [1, 4] }), new Double(0.25)],
    [
      docOf({ $divide: [parseDecimal('1')!, 3] }),
      parseDecimal('0.3333333333333333333333333333333333'),
    ],
    [docOf({ $round: [new Double(2.5)] }), new Double(2)],
    [docOf({ $round: [parseDecimal('1.25')!, 1] }), parseDecimal('1.2')],
    [docOf({ $subtract: ['$at', new BsonDate(0n)] }), 1_000_000_000_000n],
    [docOf({ $sum: '$a' }), 6],
    [docOf({ $avg: '$list.v' }), new Double(1.5)],
    ['$list.v', [1, 2]],
    ['$o.k', 1],
    ['$o.missing', undefined],
    [docOf({ $cond: ['$n', 1, 2] }), 2],
    [docOf({ $ifNull: ['$n', '$missing', 7] }), 7],
    [
      docOf({ $map: docOf({ input: '$a', as: 'x', in: docOf({ $multiply: ['$$x', 2] }) }) }),
      [2, 4, 6],
    ],
    [docOf({ $filter: docOf({ input: '$a', cond: docOf({ $gt: ['$$this', 1] }) }) }), [2, 3]],
    [
      docOf({
        $reduce: docOf({
          input: '$a',
          initialValue: 0,
          in: docOf({ $add: ['$$value', '$$this'] }),
        }),
      }),
      6,
    ],
    [docOf({ $strLenCP: '$s' }), 6],
    [docOf({ $strLenBytes: '$s' }), 7],
    [
      docOf({ $dateToString: docOf({ date: '$at', format: '%Y-%m-%d %H:%M' }) }),
      '2001-09-09 01:46',
    ],
    [docOf({ $toLong: '42' }), 42n],
    [docOf({ $toString: '$m' }), '0.1'],
    [docOf({ $type: '$missing' }), 'missing'],
    [docOf({ $gt: ['$missing', null] }), false],
    [docOf({ $literal: '$a' }), '$a'],
    [docOf({ $let: docOf({ vars: docOf({ x: 2 }), in: docOf({ $pow: ['$$x', 10] }) }) }), 1024],
  ])('%p gives %p', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  test.each<[Value, number]>([
    [docOf({ $nope: 1 }), 168],
    ['$$nope', 17276],
    [docOf({ $divide: [1, 0] }), 2],
    [docOf({ $subtract: [1] }), 16020],
    [docOf({ $toInt: 'x' }), 241],
    [docOf({ $size: '$i' }), 17124],
  ])('%p is refused with %d', (expression, code) => {
    expect(() => value(expression)).toThrow(expect.objectContaining({ code }));
  });
});

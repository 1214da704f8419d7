import fc from 'fast-check';
import { formatDecimal, formatMoney, MAX_BALANCE, parseDecimal } from './money';

it.each([
  ['12.3', 2, 1230n],
  ['12.30', 2, 1230n],
  ['0.01', 2, 1n],
  ['-0.01', 2, -1n],
  ['1000', 0, 1000n],
  ['007', 2, 700n],
  ['9000000000000000000', 0, MAX_BALANCE],
])('reads %s with %i digits', (text, digits, value) => {
  expect(parseDecimal(text, digits)).toBe(value);
});

it.each([
  ['', 2, 'not-a-decimal'],
  ['1.', 2, 'not-a-decimal'],
  ['.5', 2, 'not-a-decimal'],
  ['1e3', 2, 'not-a-decimal'],
  ['+1', 2, 'not-a-decimal'],
  [' 1', 2, 'not-a-decimal'],
  ['1,5', 2, 'not-a-decimal'],
  ['١', 2, 'not-a-decimal'],
  ['1'.repeat(33), 2, 'not-a-decimal'],
  ['1.001', 2, 'over-precise'],
  ['1.0', 0, 'over-precise'],
  ['9000000000000000001', 0, 'too-large'],
])('refuses %j with %i digits as %s', (text, digits, problem) => {
  expect(parseDecimal(text, digits)).toBe(problem);
});

it('reads back every amount that it writes', () => {
  const amounts = fc.bigInt({ min: -MAX_BALANCE, max: MAX_BALANCE });
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 4 }), (amount, digits) => {
      expect(parseDecimal(formatDecimal(amount, digits), digits)).toBe(amount);
    }),
  );
});

it('writes all of the currency’s digits, and no money of an unknown currency', () => {
  expect(formatMoney({ minorUnits: -5n, currency: 'EUR' })).toBe('-0.05');
  expect(formatMoney({ minorUnits: 1000n, currency: 'KRW' })).toBe('1000');
  expect(() => formatMoney({ minorUnits: 1n, currency: 'XXX' })).toThrow(/XXX/);
});

import { formatDecimal } from '@daybook/kernel';
import fc from 'fast-check';
import { plainDecimal, readAmount } from './amounts';

it('reads an amount into minor units of its currency', () => {
  expect(readAmount('12.3', 'EUR')).toBe(1230n);
  expect(readAmount('12.30', 'EUR')).toBe(1230n);
  expect(readAmount('1000', 'KRW')).toBe(1000n);
  expect(readAmount('0.001', 'KWD')).toBe(1n);
});

it.each([
  ['0', 'EUR', 'not-positive'],
  ['-1', 'EUR', 'not-positive'],
  ['1.0', 'KRW', 'over-precise'],
  ['1.230', 'EUR', 'over-precise'],
  ['10000000000000.01', 'EUR', 'too-large'],
  ['1e3', 'EUR', 'not-a-decimal'],
  ['+1', 'EUR', 'not-a-decimal'],
  ['1.', 'EUR', 'not-a-decimal'],
  ['.5', 'EUR', 'not-a-decimal'],
  ['1,5', 'EUR', 'not-a-decimal'],
  ['١', 'EUR', 'not-a-decimal'],
])('refuses %s %s: %s', (text, currency, problem) => {
  expect(readAmount(text, currency)).toBe(problem);
});

it.each([
  ['100.00', '100'],
  ['012.30', '12.3'],
  ['0.50', '0.5'],
  ['-0.00', '0'],
  ['-5.10', '-5.1'],
  ['000', '0'],
])('writes %s plainly as %s', (text, plain) => {
  expect(plainDecimal(text)).toBe(plain);
});

it('writes equal amounts in one way, however many zeros they have', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(3), (value, zeros) => {
      const text = formatDecimal(value, 2);
      expect(plainDecimal(text + '0'.repeat(zeros))).toBe(plainDecimal(text));
      expect(readAmount(plainDecimal(text) ?? '', 'EUR')).toEqual(readAmount(text, 'EUR'));
    }),
  );
});

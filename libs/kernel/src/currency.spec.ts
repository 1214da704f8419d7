import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currencyDigits, digitsOf } from './currency';

const golden = JSON.parse(
  readFileSync(join(__dirname, '../golden/currency-digits.json'), 'utf8'),
) as Record<string, number>;

it('is the frozen table, to the letter: digits are copied into accounts and never change', () => {
  expect(currencyDigits).toEqual(golden);
  expect(Object.isFrozen(currencyDigits)).toBe(true);
});

it.each([
  ['EUR', 2],
  ['CZK', 2],
  ['HUF', 2],
  ['IDR', 2],
  ['KRW', 0],
  ['JPY', 0],
  ['ISK', 0],
  ['KWD', 3],
  ['IQD', 3],
  ['CLF', 4],
])('follows ISO 4217, not ICU, for %s', (currency, digits) => {
  expect(digitsOf(currency)).toBe(digits);
});

it.each(['XXX', 'XAU', 'eur', 'EURO', '', 'toString', '__proto__'])('does not know %j', (code) => {
  expect(digitsOf(code)).toBeUndefined();
});

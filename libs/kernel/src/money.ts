import { digitsOf } from './currency';

/** An amount in minor units of an ISO 4217 currency. */
export interface Money {
  readonly minorUnits: bigint;
  readonly currency: string;
}

/** The greatest amount of one posting, in minor units. */
export const MAX_AMOUNT = 10n ** 15n;

/** A balance stays within plus and minus this many minor units, so that it fits a signed 64-bit. */
export const MAX_BALANCE = 9n * 10n ** 18n;

/** What can be wrong with a decimal, and how to say it behind the name of its field. */
export const amountProblems = {
  'not-a-decimal': 'is no decimal number',
  'over-precise': 'has more digits than the currency',
  'too-large': 'is beyond 10^15 minor units',
} as const;

export type AmountProblem = keyof typeof amountProblems;

const decimal = /^(-?)(\d{1,32})(?:\.(\d{1,32}))?$/;

/**
 * Reads a decimal string (`"12.3"`) into minor units. Trailing zeros beyond the currency's digits
 * are refused as over-precise, too: what the client writes is what the ledger keeps.
 */
export function parseDecimal(text: string, digits: number): bigint | AmountProblem {
  const match = decimal.exec(text);
  if (!match) return 'not-a-decimal';
  const [, sign, whole = '', fraction = ''] = match;
  if (fraction.length > digits) return 'over-precise';
  const value = BigInt(whole + fraction.padEnd(digits, '0'));
  if (value > MAX_BALANCE) return 'too-large';
  return sign ? -value : value;
}

/** Writes minor units as a decimal string with all of the currency's digits (`"12.30"`). */
export const formatDecimal = (minorUnits: bigint, digits: number): string =>
  formatStored(minorUnits.toString(), digits);

/** The same of minor units as events store them: a whole number in digits (`"1230"`). */
function formatStored(minorUnits: string, digits: number): string {
  if (digits === 0) return minorUnits;
  if (minorUnits.startsWith('-')) return `-${formatStored(minorUnits.slice(1), digits)}`;
  const text = minorUnits.padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Writes money as a decimal string; throws on a currency outside the table (a defect). */
export const formatMoney = ({ minorUnits, currency }: Money): string =>
  formatStoredMoney(minorUnits.toString(), currency);

/** The same of minor units as events store them. */
export function formatStoredMoney(minorUnits: string, currency: string): string {
  const digits = digitsOf(currency);
  if (digits === undefined) throw new Error(`no minor-unit digits for currency ${currency}`);
  return formatStored(minorUnits, digits);
}

import {
  amountProblems,
  digitsOf,
  MAX_AMOUNT,
  parseDecimal,
  type AmountProblem,
} from '@daybook/kernel';
import type { z } from 'zod';

const messages = {
  ...amountProblems,
  'not-positive': 'must be above zero',
  negative: 'must not be negative',
} as const;

/** Reads an amount above zero into minor units; says what is wrong with it instead. */
export function readAmount(
  text: string,
  currency: string,
): bigint | AmountProblem | 'not-positive' {
  const value = parseDecimal(text, digitsOf(currency) ?? 0);
  if (typeof value === 'string') return value;
  if (value <= 0n) return 'not-positive';
  return value > MAX_AMOUNT ? 'too-large' : value;
}

type Issues = z.RefinementCtx;

/** Reports an amount that is wrong as `InvalidAmount`. */
export const reportAmount = (
  issues: Issues,
  problem: keyof typeof messages,
  path: (string | number)[],
): void =>
  issues.addIssue({
    code: 'custom',
    message: messages[problem],
    params: { problem: 'InvalidAmount' },
    path,
  });

/** The body of a command that moves one amount, with the amount in minor units. */
export function withAmount<Body extends { readonly amount: string; readonly currency: string }>(
  body: Body,
  issues: Issues,
): Omit<Body, 'amount'> & { readonly amount: bigint } {
  const amount = readAmount(body.amount, body.currency);
  if (typeof amount === 'bigint') return { ...body, amount };
  reportAmount(issues, amount, ['amount']);
  return { ...body, amount: 0n };
}

const decimalText = /^(-?)0*(\d{1,32}?)(?:\.(\d*?)0*)?$/;

/** The one way to write a decimal whose currency is not known yet: `"012.30"` as `"12.3"`. */
export function plainDecimal(text: string): string | undefined {
  if (!/^-?\d{1,32}(\.\d{1,32})?$/.test(text)) return undefined;
  const [, sign = '', whole = '', fraction = ''] = decimalText.exec(text) ?? [];
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return digits === '0' ? '0' : `${sign}${digits}`;
}

/**
 * A decimal whose currency only the account knows. Decided on as it was sent, as zeros beyond the
 * currency's digits are refused; digested plainly, as `"12.3"` and `"12.30"` are the same.
 */
export class SentDecimal {
  constructor(
    readonly text: string,
    private readonly plain: string,
  ) {}

  toJSON(): string {
    return this.plain;
  }
}

/** Reads a decimal whose currency only the account knows; reports what is none. */
export function readSentDecimal(text: string, issues: Issues): SentDecimal {
  const plain = plainDecimal(text);
  if (plain === undefined) reportAmount(issues, 'not-a-decimal', []);
  return new SentDecimal(text, plain ?? '0');
}

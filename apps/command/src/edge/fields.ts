import { CLIENT_ID, digitsOf, RAIL, REFERENCE_ID } from '@daybook/kernel';
import { z } from 'zod';
import { boundedJson } from './bounded-json';
import { readInstant } from './instant';

/** The codes by which a field can be wrong beyond its mere shape. */
export type FieldProblem = 'InvalidAmount' | 'UnknownCurrency' | 'InvalidId';

const because = (problem: FieldProblem, message: string) => ({ message, params: { problem } });

/** An id by which the client names something new. */
export const newId = z
  .string()
  .refine(
    (text) => CLIENT_ID.test(text),
    because('InvalidId', 'must match [a-z0-9][a-z0-9._-]{0,99}'),
  )
  .meta({ pattern: CLIENT_ID.source, description: 'An id of the client, lower case only' });

const side = `${REFERENCE_ID.source}|${RAIL.source}`;

/** One side of a posting: an account, or an external account such as `@bank`. */
export const accountOrRail = z
  .string()
  .refine(
    (text) => REFERENCE_ID.test(text) || RAIL.test(text),
    because('InvalidId', 'must be the id of an account or an external account such as @bank'),
  )
  .meta({ pattern: side, description: 'The id of an account, or an external one such as @bank' });

export const currency = z
  .string()
  .refine(
    (code) => digitsOf(code) !== undefined,
    because('UnknownCurrency', 'is no currency code of ISO 4217 that the ledger knows'),
  )
  .meta({ pattern: '^[A-Z]{3}$', description: 'An ISO 4217 code', examples: ['EUR'] });

/** An amount as it is sent; read into minor units together with its currency. */
export const amountText = z.string().meta({
  pattern: '^\\d{1,32}(\\.\\d{1,4})?$',
  description: "A decimal with at most the currency's digits, above zero",
  examples: ['12.34'],
});

const decimalOf = (pattern: string) =>
  z.string().meta({
    pattern,
    description: "A decimal with at most the currency's digits",
    examples: ['100.00'],
  });

/** A limit or what is captured, as it is sent: zero or more of a currency that the state knows. */
export const unsignedText = decimalOf('^\\d{1,32}(\\.\\d{1,4})?$');

/** A limit of a balance, which may lie below zero. */
export const balanceText = decimalOf('^-?\\d{1,32}(\\.\\d{1,4})?$');

/** An RFC 3339 instant with any offset, taken to UTC and milliseconds. */
export const instant = z
  .string()
  .max(64)
  .transform((text, context) => {
    const parsed = readInstant(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'is no RFC 3339 instant' });
    return z.NEVER;
  })
  .meta({
    format: 'date-time',
    // What RFC 3339 allows besides: a leap second, and more digits than anyone has.
    pattern: '^\\S{10}[Tt]\\d\\d:\\d\\d:[0-5]\\d(\\.\\d{1,18})?([Zz]|[+-]\\d\\d:\\d\\d)$',
    examples: ['2026-03-31T23:59:59.999Z'],
  });

export const reference = z.string().min(1).max(1_000);
export const accountName = z.string().min(1).max(200);
export const ownerId = z.string().min(1).max(200);

/** Free JSON of the client's, kept small and shallow. */
export const metadata = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .superRefine((value, context) => {
    const trouble = boundedJson(value);
    if (trouble) context.addIssue({ code: 'custom', message: trouble });
  })
  .meta({ type: 'object', description: 'Free JSON: at most 16 KiB, 8 levels deep' });

/** Fields that every command that moves money may have. */
export const transactionFields = {
  transactionId: newId.optional().meta({
    description: 'Names the transaction, lower case only: a repeat is answered, not done again',
  }),
  effectiveAt: instant
    .optional()
    .meta({ description: 'When it counts, at most 60 s ahead; absent: when it is recorded' }),
  reference: reference.optional().meta({ description: 'Free text' }),
  metadata: metadata.optional(),
};

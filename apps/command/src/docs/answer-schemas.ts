import { problemTable } from '@daybook/platform';
import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

const position = z.string().meta({
  description: 'Opaque: at or after the last record of the command; for `minPosition` of queries',
});

/** The answer to a command that moves money. */
export const transactionAnswer = z.strictObject({
  transactionId: z.string(),
  refersTo: z.string().optional().meta({ description: 'What a capture, void or reversal is of' }),
  status: z.enum(['posted', 'pending']),
  position,
  balances: z.array(
    z.strictObject({
      accountId: z.string(),
      posted: decimal,
      held: decimal,
      available: decimal.nullable().meta({ description: 'null: unlimited' }),
      currency: z.string(),
    }),
  ),
});

/** The answer to a command to one account. */
export const accountAnswer = z.strictObject({
  accountId: z.string(),
  status: z.enum(['open', 'frozen', 'closed']),
  position,
  currency: z.string(),
  overdraftLimit: z.union([z.literal('unlimited'), decimal]),
  scope: z.enum(['all', 'debits']).optional().meta({ description: 'What a frozen one refuses' }),
  limits: z.strictObject({
    perTransaction: decimal.nullable(),
    perDay: decimal.nullable(),
    minimumBalance: decimal.nullable(),
  }),
});

/** The body of every error: RFC 9457, with the data of the refusal beside the members here. */
export const problemAnswer = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(problemTable) as [string, ...string[]]),
  detail: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

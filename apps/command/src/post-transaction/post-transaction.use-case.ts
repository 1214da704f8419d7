import { z } from 'zod';
import { withAmount } from '../edge/amounts';
import { accountOrRail, amountText, currency, instant, transactionFields } from '../edge/fields';
import { refuseTwoExternals, transact } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { postingRefusals } from '../edge/shared-refusals';
import { defineUseCase } from '../edge/use-case';

const POSTINGS_MAX = 1_000;

const posting = z
  .strictObject({ from: accountOrRail, to: accountOrRail, amount: amountText, currency })
  .superRefine(refuseTwoExternals)
  .transform(withAmount);

const body = z
  .strictObject({
    postings: z.array(posting).min(1).max(POSTINGS_MAX),
    pending: z.boolean().optional().meta({ description: 'Hold the funds, move them at capture' }),
    expiresAt: instant
      .optional()
      .meta({ description: 'When the hold ends by itself; absent: at capture or void alone' }),
    ...transactionFields,
  })
  .superRefine(({ pending, expiresAt }, issues) => {
    if (expiresAt === undefined || pending) return;
    issues.addIssue({
      code: 'custom',
      message: 'needs "pending": true',
      path: ['expiresAt'],
    });
  })
  .meta({
    dependentSchemas: {
      expiresAt: { properties: { pending: { const: true } }, required: ['pending'] },
    },
  });

type PostTransactionBody = z.output<typeof body>;

export class PostTransaction extends LedgerMessage<PostTransactionBody> {}

/** A journal entry of one or more postings, all or none; pending: held until captured. */
export const postTransaction = defineUseCase<PostTransactionBody>({
  operation: 'transaction',
  method: 'POST',
  path: '/v1/transactions',
  subject: 'none',
  summary: 'Post a transaction of one or more postings, or hold their funds',
  body,
  bodyOptional: false,
  answers: 'transaction',
  refusals: [...postingRefusals, 'ExpiryInPast'],
  message: PostTransaction,
  command: ({ body: { postings, pending, expiresAt, ...rest } }, context) => ({
    ...transact('journal', postings, rest, context),
    ...(pending && { pending: expiresAt === undefined ? {} : { expiresAt } }),
  }),
});

import { z } from 'zod';
import { readSentDecimal } from '../edge/amounts';
import { newId, unsignedText } from '../edge/fields';
import { settlementIdentity, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { postingRefusals } from '../edge/shared-refusals';
import { defineUseCase } from '../edge/use-case';

const amount = unsignedText.transform(readSentDecimal);

const body = z
  .strictObject({
    amount: amount
      .optional()
      .meta({ description: 'Of the only posting; absent: all that is held' }),
    amounts: z.array(amount).min(1).max(1_000).optional().meta({ description: 'One per posting' }),
    transactionId: newId.optional(),
  })
  .superRefine((sent, issues) => {
    if (sent.amount === undefined || sent.amounts === undefined) return;
    issues.addIssue({
      code: 'custom',
      message: 'and amount cannot both be given',
      path: ['amounts'],
    });
  })
  .meta({ not: { required: ['amount', 'amounts'] } });

type CaptureBody = z.output<typeof body>;

export class Capture extends LedgerMessage<CaptureBody> {}

/** Moves what a pending transaction holds, or part of it. */
export const capture = defineUseCase<CaptureBody>({
  operation: 'capture',
  method: 'POST',
  path: '/v1/transactions/{id}/capture',
  subject: 'transaction',
  summary: 'Capture a pending transaction, wholly or in part',
  body,
  bodyOptional: true,
  answers: 'transaction',
  refusals: [
    ...postingRefusals,
    'TransactionNotFound',
    'TransactionNotPending',
    'CaptureExceedsHold',
  ],
  message: Capture,
  command: ({ id, body: sent }, context) => ({
    type: 'capture',
    ...stampOf(context),
    ...settlementIdentity('capture', id, sent, context),
    originalId: id,
    amounts:
      sent.amounts?.map(({ text }) => text) ?? (sent.amount ? { only: sent.amount.text } : 'rest'),
  }),
});

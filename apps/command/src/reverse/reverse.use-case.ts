import { z } from 'zod';
import { newId, reference } from '../edge/fields';
import { detailsOf, settlementIdentity, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { postingRefusals } from '../edge/shared-refusals';
import { defineUseCase } from '../edge/use-case';

const body = z
  .strictObject({
    transactionId: newId.optional(),
    reference: reference.optional(),
    force: z.boolean().optional().meta({ description: 'Past the rules of funds and limits' }),
    reason: z.string().min(1).max(500).optional().meta({ description: 'Why; needed with force' }),
  })
  .refine(({ force, reason }) => force !== true || reason !== undefined, {
    message: 'is needed with "force"',
    path: ['reason'],
  })
  .meta({
    if: { properties: { force: { const: true } }, required: ['force'] },
    then: { required: ['reason'] },
  });

type ReverseBody = z.output<typeof body>;

export class Reverse extends LedgerMessage<ReverseBody> {}

/** A new transaction that takes a posted one back, once. */
export const reverse = defineUseCase<ReverseBody>({
  operation: 'reversal',
  method: 'POST',
  path: '/v1/transactions/{id}/reversal',
  subject: 'transaction',
  summary: 'Reverse a posted transaction',
  body,
  bodyOptional: true,
  answers: 'transaction',
  refusals: [...postingRefusals, 'TransactionNotFound', 'TransactionNotPosted', 'AlreadyReversed'],
  message: Reverse,
  command: ({ id, body: { force, reason, ...sent } }, context) => ({
    type: 'reverse',
    ...stampOf(context),
    ...settlementIdentity('reversal', id, sent, context),
    originalId: id,
    ...(force === true && reason !== undefined && { forced: { reason } }),
    details: { ...detailsOf(sent).details, ...(reason !== undefined && { reason }) },
  }),
});

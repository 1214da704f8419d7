import { z } from 'zod';
import { newId } from '../edge/fields';
import { settlementIdentity, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { defineUseCase } from '../edge/use-case';

const body = z.strictObject({ transactionId: newId.optional() });

type VoidBody = z.output<typeof body>;

export class VoidHold extends LedgerMessage<VoidBody> {}

/** Frees what a pending transaction still holds. */
export const voidHold = defineUseCase<VoidBody>({
  operation: 'void',
  method: 'POST',
  path: '/v1/transactions/{id}/void',
  subject: 'transaction',
  summary: 'Void a pending transaction',
  body,
  bodyOptional: true,
  answers: 'transaction',
  refusals: ['TransactionNotFound', 'TransactionNotPending'],
  message: VoidHold,
  command: ({ id, body: sent }, context) => ({
    type: 'void',
    ...stampOf(context),
    ...settlementIdentity('void', id, sent, context),
    originalId: id,
  }),
});

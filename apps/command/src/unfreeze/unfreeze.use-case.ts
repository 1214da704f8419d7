import { z } from 'zod';
import { requestOf, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { defineUseCase } from '../edge/use-case';

const body = z.strictObject({});

type UnfreezeBody = z.output<typeof body>;

export class Unfreeze extends LedgerMessage<UnfreezeBody> {}

/** Lets a frozen account work again. */
export const unfreeze = defineUseCase<UnfreezeBody>({
  operation: 'unfreezeAccount',
  method: 'POST',
  path: '/v1/accounts/{id}/unfreeze',
  subject: 'account',
  summary: 'Unfreeze an account',
  body,
  bodyOptional: true,
  answers: 'account',
  refusals: ['AccountNotFound', 'AccountClosed'],
  message: Unfreeze,
  command: ({ id }, context) => ({
    type: 'unfreezeAccount',
    ...stampOf(context),
    ...requestOf(context),
    accountId: id,
  }),
});

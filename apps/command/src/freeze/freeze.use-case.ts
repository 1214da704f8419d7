import { z } from 'zod';
import { requestOf, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { defineUseCase } from '../edge/use-case';

const body = z.strictObject({
  scope: z.enum(['all', 'debits']).optional().meta({ default: 'all' }),
});

type FreezeBody = z.output<typeof body>;

export class Freeze extends LedgerMessage<FreezeBody> {}

/** Stops an account: everything, or debits only. */
export const freeze = defineUseCase<FreezeBody>({
  operation: 'freezeAccount',
  method: 'POST',
  path: '/v1/accounts/{id}/freeze',
  subject: 'account',
  summary: 'Freeze an account',
  body,
  bodyOptional: true,
  answers: 'account',
  refusals: ['AccountNotFound', 'AccountClosed'],
  message: Freeze,
  command: ({ id, body: { scope = 'all' } }, context) => ({
    type: 'freezeAccount',
    ...stampOf(context),
    ...requestOf(context),
    accountId: id,
    scope,
  }),
});

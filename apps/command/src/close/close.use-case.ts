import { z } from 'zod';
import { requestOf, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { defineUseCase } from '../edge/use-case';

const body = z.strictObject({});

type CloseBody = z.output<typeof body>;

export class Close extends LedgerMessage<CloseBody> {}

/** Ends an account that is empty, for good. */
export const close = defineUseCase<CloseBody>({
  operation: 'closeAccount',
  method: 'POST',
  path: '/v1/accounts/{id}/close',
  subject: 'account',
  summary: 'Close an account',
  body,
  bodyOptional: true,
  answers: 'account',
  refusals: ['AccountNotFound', 'AccountNotEmpty'],
  message: Close,
  command: ({ id }, context) => ({
    type: 'closeAccount',
    ...stampOf(context),
    ...requestOf(context),
    accountId: id,
  }),
});

import { z } from 'zod';
import { withAmount } from '../edge/amounts';
import { accountOrRail, amountText, currency, transactionFields } from '../edge/fields';
import { transact } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { postingRefusals } from '../edge/shared-refusals';
import { defineUseCase } from '../edge/use-case';

const body = z
  .strictObject({
    amount: amountText,
    currency,
    source: accountOrRail.optional().meta({ default: '@cash' }),
    ...transactionFields,
  })
  .transform(withAmount);

type DepositBody = z.output<typeof body>;

export class Deposit extends LedgerMessage<DepositBody> {}

/** Money into an account, from outside unless `source` says otherwise. */
export const deposit = defineUseCase<DepositBody>({
  operation: 'deposit',
  method: 'POST',
  path: '/v1/accounts/{id}/deposits',
  subject: 'account',
  summary: 'Put money into an account',
  body,
  bodyOptional: false,
  answers: 'transaction',
  refusals: postingRefusals,
  message: Deposit,
  command: ({ id, body: { amount, currency: unit, source = '@cash', ...rest } }, context) =>
    transact('deposit', [{ from: source, to: id, amount, currency: unit }], rest, context),
});

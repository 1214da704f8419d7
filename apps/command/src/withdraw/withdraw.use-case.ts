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
    destination: accountOrRail.optional().meta({ default: '@cash' }),
    ...transactionFields,
  })
  .transform(withAmount);

type WithdrawBody = z.output<typeof body>;

export class Withdraw extends LedgerMessage<WithdrawBody> {}

/** Money out of an account, to the outside unless `destination` says otherwise. */
export const withdraw = defineUseCase<WithdrawBody>({
  operation: 'withdrawal',
  method: 'POST',
  path: '/v1/accounts/{id}/withdrawals',
  subject: 'account',
  summary: 'Take money out of an account',
  body,
  bodyOptional: false,
  answers: 'transaction',
  refusals: postingRefusals,
  message: Withdraw,
  command: ({ id, body: { amount, currency: unit, destination = '@cash', ...rest } }, context) =>
    transact('withdrawal', [{ from: id, to: destination, amount, currency: unit }], rest, context),
});

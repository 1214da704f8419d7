import { z } from 'zod';
import { withAmount } from '../edge/amounts';
import { accountOrRail, amountText, currency, transactionFields } from '../edge/fields';
import { refuseTwoExternals, transact } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { postingRefusals } from '../edge/shared-refusals';
import { defineUseCase } from '../edge/use-case';

const body = z
  .strictObject({
    from: accountOrRail,
    to: accountOrRail,
    amount: amountText,
    currency,
    ...transactionFields,
  })
  .superRefine(refuseTwoExternals)
  .transform(withAmount);

type TransferBody = z.output<typeof body>;

export class Transfer extends LedgerMessage<TransferBody> {}

/** Money from one account to another. */
export const transfer = defineUseCase<TransferBody>({
  operation: 'transfer',
  method: 'POST',
  path: '/v1/transfers',
  subject: 'none',
  summary: 'Move money between two accounts',
  body,
  bodyOptional: false,
  answers: 'transaction',
  refusals: postingRefusals,
  message: Transfer,
  command: ({ body: { from, to, amount, currency: unit, ...rest } }, context) =>
    transact('transfer', [{ from, to, amount, currency: unit }], rest, context),
});

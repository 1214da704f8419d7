import { digitsOf, MAX_AMOUNT, parseDecimal } from '@daybook/kernel';
import { z } from 'zod';
import { reportAmount } from '../edge/amounts';
import { accountName, currency, unsignedText, metadata, newId, ownerId } from '../edge/fields';
import { freshId } from '../edge/identities';
import { accountDetails, requestOf, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { defineUseCase } from '../edge/use-case';

const body = z
  .strictObject({
    accountId: newId.optional(),
    currency,
    name: accountName.optional(),
    ownerId: ownerId.optional(),
    overdraftLimit: z
      .union([z.literal('unlimited'), unsignedText])
      .optional()
      .meta({ default: '0' }),
    metadata: metadata.optional(),
  })
  .transform(({ overdraftLimit: sent, ...rest }, issues) => {
    if (sent === undefined) return rest;
    if (sent === 'unlimited') return { ...rest, overdraftLimit: 'unlimited' as const };
    const limit = parseDecimal(sent, digitsOf(rest.currency) ?? 0);
    const trouble = typeof limit === 'string' ? limit : limit < 0n ? 'negative' : undefined;
    if (typeof limit === 'bigint' && !trouble && limit <= MAX_AMOUNT) {
      return { ...rest, overdraftLimit: limit };
    }
    reportAmount(issues, trouble ?? 'too-large', ['overdraftLimit']);
    return z.NEVER;
  });

type OpenAccountBody = Omit<z.output<typeof body>, 'overdraftLimit'> & {
  readonly overdraftLimit?: bigint | 'unlimited';
};

export class OpenAccount extends LedgerMessage<OpenAccountBody> {}

/** A new account of one currency. */
export const openAccount = defineUseCase<OpenAccountBody>({
  operation: 'openAccount',
  method: 'POST',
  path: '/v1/accounts',
  subject: 'none',
  summary: 'Open an account',
  body,
  bodyOptional: false,
  answers: 'account',
  refusals: ['InvalidAmount', 'UnknownCurrency', 'AccountAlreadyExists'],
  message: OpenAccount,
  command: ({ body: { accountId, overdraftLimit = 0n, ...rest } }, context) => ({
    type: 'openAccount',
    ...stampOf(context),
    ...requestOf(context),
    accountId: accountId ?? context.keyId ?? context.receiptId ?? freshId(),
    currency: rest.currency,
    overdraftLimit: overdraftLimit === 'unlimited' ? null : overdraftLimit,
    ...(rest.ownerId !== undefined && { ownerId: rest.ownerId }),
    ...accountDetails(rest),
  }),
});

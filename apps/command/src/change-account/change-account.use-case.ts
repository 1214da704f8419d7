import type { LimitChanges } from '@daybook/ledger-domain';
import { z } from 'zod';
import { readSentDecimal, type SentDecimal } from '../edge/amounts';
import { accountName, balanceText, unsignedText, metadata } from '../edge/fields';
import { accountDetails, requestOf, stampOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { defineUseCase } from '../edge/use-case';

const change = unsignedText.transform(readSentDecimal).nullable().optional();
const balanceChange = balanceText.transform(readSentDecimal).nullable().optional();

const body = z.strictObject({
  overdraftLimit: z
    .union([z.literal('unlimited'), unsignedText])
    .transform((sent, issues) => (sent === 'unlimited' ? sent : readSentDecimal(sent, issues)))
    .optional(),
  limits: z
    .strictObject({ perTransaction: change, perDay: change, minimumBalance: balanceChange })
    .optional()
    .meta({
      description:
        'In the currency of the account; null takes a limit away. perTransaction bounds one ' +
        'transaction, perDay what is debited or newly held in a UTC day, also what is freed ' +
        'again, minimumBalance what must remain posted and not held',
    }),
  name: accountName.nullable().optional(),
  metadata: metadata.nullable().optional(),
});

type ChangeAccountBody = z.output<typeof body>;

export class ChangeAccount extends LedgerMessage<ChangeAccountBody> {}

/** An account's limits and details; what is absent stays as it was. */
export const changeAccount = defineUseCase<ChangeAccountBody>({
  operation: 'changeAccount',
  method: 'PATCH',
  path: '/v1/accounts/{id}',
  subject: 'account',
  summary: 'Change the limits and details of an account',
  body,
  bodyOptional: false,
  answers: 'account',
  refusals: ['InvalidAmount', 'AccountNotFound', 'AccountClosed', 'LimitExceeded'],
  message: ChangeAccount,
  command: ({ id, body: { overdraftLimit, limits, ...details } }, context) => ({
    type: 'changeAccount',
    ...stampOf(context),
    ...requestOf(context),
    accountId: id,
    ...(overdraftLimit !== undefined && {
      overdraftLimit: overdraftLimit === 'unlimited' ? overdraftLimit : overdraftLimit.text,
    }),
    ...(limits && { limits: limitChanges(limits) }),
    ...accountDetails(details),
  }),
});

type SentLimits = Readonly<Record<string, SentDecimal | null | undefined>>;

const limitChanges = (limits: SentLimits): LimitChanges =>
  Object.fromEntries(
    Object.entries(limits)
      .filter(([, sent]) => sent !== undefined)
      .map(([name, sent]) => [name, sent?.text ?? null]),
  );

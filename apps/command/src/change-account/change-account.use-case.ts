import { z } from 'zod';
import { readPlainDecimal } from '../edge/amounts';
import { accountName, limitText, metadata } from '../edge/fields';
import { accountDetails, groundOf, requestOf } from '../edge/ledger-commands';
import { LedgerMessage } from '../edge/ledger-message';
import { defineUseCase } from '../edge/use-case';

const limit = limitText.transform(readPlainDecimal);
const change = limit.nullable().optional();

const body = z.strictObject({
  overdraftLimit: z
    .union([z.literal('unlimited'), limitText])
    .transform((sent, issues) => (sent === 'unlimited' ? sent : readPlainDecimal(sent, issues)))
    .optional(),
  limits: z
    .strictObject({ perTransaction: change, perDay: change, minimumBalance: change })
    .optional()
    .meta({ description: 'In the currency of the account; null takes a limit away' }),
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
    ...groundOf(context),
    ...requestOf(context),
    accountId: id,
    ...(overdraftLimit !== undefined && { overdraftLimit }),
    ...(limits && { limits: givenOnly(limits) }),
    ...accountDetails(details),
  }),
});

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

const givenOnly = <Fields extends object>(fields: Fields): Given<Fields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;

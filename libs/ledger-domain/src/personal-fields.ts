import type { Personal } from '@daybook/ledger-contracts';
import type { AccountDetails, TransactionDetails } from './commands';

/** Whose personal fields they are: one subject's can be encrypted and erased together. */
export const subjectOf = (account: { accountId: string; ownerId?: string | undefined }): string =>
  account.ownerId === undefined ? `account-${account.accountId}` : `owner-${account.ownerId}`;

const plain = (subject: string, fields: object): Personal | undefined => {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  return { subject, enc: 'none', data: Object.fromEntries(given) };
};

/** The personal fields of an account as they are stored; undefined when there are none. */
export const accountPersonal = (
  account: { accountId: string; ownerId?: string | undefined },
  details: AccountDetails = {},
): Personal | undefined => plain(subjectOf(account), details);

/** The personal fields of a transaction, under the subject of the first account it touches. */
export const transactionPersonal = (
  subject: string,
  details: TransactionDetails & { readonly reason?: string },
): Personal | undefined => plain(subject, details);

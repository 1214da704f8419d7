import type { Identity } from '@daybook/ledger-contracts';

/** Minor units; null: no such limit. */
export interface AccountLimits {
  readonly perTransaction: bigint | null;
  readonly perDay: bigint | null;
  readonly minimumBalance: bigint | null;
}

/** What decisions need to know of an open account. No personal field: snapshots keep none. */
export interface AccountState {
  readonly of: 'account';
  readonly accountId: string;
  readonly currency: string;
  readonly exponent: number;
  readonly ownerId: string | undefined;
  readonly status: 'open' | 'frozen' | 'closed';
  /** What a frozen account refuses. */
  readonly scope: 'all' | 'debits' | undefined;
  /** Minor units; null: unlimited. */
  readonly overdraftLimit: bigint | null;
  readonly limits: AccountLimits;
  readonly posted: bigint;
  readonly held: bigint;
  /** Expected from pending transactions. */
  readonly incoming: bigint;
  /** The UTC day of the newest debit or hold, and all debits and holds of it. */
  readonly day: string;
  readonly dayTotal: bigint;
  /** The newest event's deciding clock. */
  readonly at: string;
  /** Who opened it with what: tells the same opening again from another one. */
  readonly opening: Identity;
  readonly openedOverdraftLimit: bigint | null;
}

/**
 * A copy that may be changed. Its fields are named one by one: a spread of a spread has a hidden
 * class of its own in V8 every time, and all code that meets such accounts takes its slowest way.
 */
export const draftOf = (
  account: AccountState,
): { -readonly [Name in keyof AccountState]: AccountState[Name] } => ({
  of: 'account',
  accountId: account.accountId,
  currency: account.currency,
  exponent: account.exponent,
  ownerId: account.ownerId,
  status: account.status,
  scope: account.scope,
  overdraftLimit: account.overdraftLimit,
  limits: account.limits,
  posted: account.posted,
  held: account.held,
  incoming: account.incoming,
  day: account.day,
  dayTotal: account.dayTotal,
  at: account.at,
  opening: account.opening,
  openedOverdraftLimit: account.openedOverdraftLimit,
});

/** What can be debited or held now; null: unlimited. */
export const availableOf = (account: AccountState): bigint | null =>
  account.overdraftLimit === null ? null : account.posted - account.held + account.overdraftLimit;

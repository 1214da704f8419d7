import type { Identity } from '@daybook/ledger-contracts';

/** An account's limits besides its overdraft limit, in the order in which they are checked. */
export const limitNames = ['perTransaction', 'perDay', 'minimumBalance'] as const;
export type LimitName = (typeof limitNames)[number];

/** Minor units; null: no such limit. */
export type AccountLimits = Readonly<Record<LimitName, bigint | null>>;

export const noLimits: AccountLimits = {
  perTransaction: null,
  perDay: null,
  minimumBalance: null,
};

/** An amount as events, answers and snapshots have it, and back; null: no such limit. */
export const storedAmount = (amount: bigint | null): string | null =>
  amount === null ? null : String(amount);
export const readStoredAmount = (text: string | null): bigint | null =>
  text === null ? null : BigInt(text);

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

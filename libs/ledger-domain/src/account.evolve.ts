import {
  UnreadableEvent,
  type AccountEvent,
  type LedgerEvent,
  type TransactionKind,
} from '@daybook/ledger-contracts';
import {
  draftOf,
  limitNames,
  noLimits,
  readStoredAmount,
  type AccountState,
} from './account-state';

type Opened = Extract<AccountEvent, { type: 'AccountOpened' }>['data'];
type LimitsChanged = Extract<AccountEvent, { type: 'AccountLimitsChanged' }>['data'];

function opened(data: Opened): AccountState {
  const overdraftLimit = readStoredAmount(data.overdraftLimit);
  return {
    of: 'account',
    accountId: data.accountId,
    currency: data.currency,
    exponent: data.exponent,
    ownerId: data.ownerId,
    status: 'open',
    scope: undefined,
    overdraftLimit,
    limits: noLimits,
    posted: 0n,
    held: 0n,
    incoming: 0n,
    day: data.at.slice(0, 10),
    dayTotal: 0n,
    at: data.at,
    opening: data.identity,
    openedOverdraftLimit: overdraftLimit,
  };
}

function limitsChanged(account: AccountState, data: LimitsChanged): AccountState {
  const { overdraftLimit, limits: changes = {} } = data;
  const limits = { ...account.limits };
  for (const name of limitNames) {
    const change = changes[name];
    if (change !== undefined) limits[name] = readStoredAmount(change);
  }
  return {
    ...account,
    overdraftLimit:
      overdraftLimit === undefined ? account.overdraftLimit : readStoredAmount(overdraftLimit),
    limits,
    at: data.at,
  };
}

/**
 * Whether a debit or hold of this kind is spending, which the limits per transaction and per day
 * bound. A capture is none (its hold was), nor is a reversal (it corrects).
 */
export const isSpending = (kind: TransactionKind): boolean =>
  kind !== 'capture' && kind !== 'reversal';

/** What was spent on the day of `at` (UTC) so far; a new day begins at nothing. */
export const spentOnDay = (account: AccountState, at: string): bigint =>
  account.day === at.slice(0, 10) ? account.dayTotal : 0n;

/** The account with these balances, as an event at that time leaves them. */
export function withBalances(
  account: AccountState,
  at: string,
  balances: Partial<Pick<AccountState, 'posted' | 'held' | 'incoming'>>,
) {
  const after = draftOf(account);
  after.posted = balances.posted ?? account.posted;
  after.held = balances.held ?? account.held;
  after.incoming = balances.incoming ?? account.incoming;
  after.at = at;
  return after;
}

/** What a debit or a hold leaves of an account. */
export interface Taken {
  readonly posted: bigint;
  readonly held: bigint;
  readonly amount: bigint;
  readonly kind: TransactionKind;
  readonly at: string;
}

/** The account after money was debited or held: spending counts for its day. */
export function taken(account: AccountState, side: Taken): AccountState {
  const { amount, kind, at } = side;
  const after = withBalances(account, at, side);
  if (isSpending(kind)) {
    after.day = at.slice(0, 10);
    after.dayTotal = spentOnDay(account, at) + amount;
  }
  return after;
}

type Side = Extract<AccountEvent, { type: 'AccountDebited' }>['data'];

const takenBy = (account: AccountState, data: Side): AccountState =>
  taken(account, {
    posted: BigInt(data.balanceAfter),
    held: BigInt(data.heldAfter),
    amount: BigInt(data.amount),
    kind: data.kind,
    at: data.at,
  });

/**
 * Folds `account-<id>`. It takes over the balances that the events state, and fails closed: an
 * event that it does not know, or that stands where it cannot, is an operational error.
 */
export function evolveAccount(account: AccountState | undefined, event: LedgerEvent): AccountState {
  if (event.type === 'AccountOpened') {
    if (account) throw new UnreadableEvent('out-of-place', event.type, 'opened twice');
    return opened(event.data);
  }
  if (!account) throw new UnreadableEvent('out-of-place', event.type, 'account is not open');
  const { at } = event.data;
  switch (event.type) {
    case 'AccountFrozen':
      return { ...account, status: 'frozen', scope: event.data.scope, at };
    case 'AccountUnfrozen':
      return { ...account, status: 'open', scope: undefined, at };
    case 'AccountClosed':
      return { ...account, status: 'closed', scope: undefined, at };
    case 'AccountLimitsChanged':
      return limitsChanged(account, event.data);
    case 'AccountDetailsChanged':
      return { ...account, at };
    case 'AccountCredited':
      return withBalances(account, at, { posted: BigInt(event.data.balanceAfter) });
    case 'AccountDebited':
    case 'HoldPlaced':
      return takenBy(account, event.data);
    case 'HoldReleased':
      return withBalances(account, at, { held: BigInt(event.data.heldAfter) });
    case 'IncomingPending':
    case 'IncomingSettled':
      return withBalances(account, at, { incoming: BigInt(event.data.incomingAfter) });
    default:
      throw new UnreadableEvent('out-of-place', event.type, 'no event of an account');
  }
}

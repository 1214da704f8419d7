import { isExternal, MAX_BALANCE } from '@daybook/kernel';
import { isSpending, spentOnDay } from './account.evolve';
import { availableOf, type AccountState, type LimitName } from './account-state';
import type { Book } from './book';
import type { Posting } from './commands';
import type { PostingRefusal } from './rejections';

/**
 * How a posting moves money: `post` now, `hold` for later; `settle` what was held, which passed
 * the rules about funds and limits when it was; `force` past these rules.
 */
export type Movement = 'post' | 'hold' | 'settle' | 'force';

/** The internal sides of a posting; undefined: external. */
export interface Sides {
  readonly from: AccountState | undefined;
  readonly to: AccountState | undefined;
}

const atLeastZero = (amount: bigint): bigint => (amount < 0n ? 0n : amount);

function refuseFunds(
  book: Book,
  account: AccountState,
  posting: number,
  { amount, currency }: Posting,
): PostingRefusal | undefined {
  const { accountId, limits, posted, held } = account;
  const at = { accountId, posting, amount, currency };
  const available = availableOf(account);
  if (available !== null && available < amount) {
    return { code: 'InsufficientFunds', ...at, available };
  }
  const exceeded = (limit: LimitName, allowed: bigint) => ({
    code: 'LimitExceeded' as const,
    ...at,
    limit,
    allowed: atLeastZero(allowed),
  });
  if (isSpending(book.entry.kind)) {
    if (limits.perTransaction !== null) {
      const allowed = limits.perTransaction - book.debitedSoFar(accountId);
      if (amount > allowed) return exceeded('perTransaction', allowed);
    }
    if (limits.perDay !== null) {
      const allowed = limits.perDay - spentOnDay(account, book.entry.at);
      if (amount > allowed) return exceeded('perDay', allowed);
    }
  }
  if (limits.minimumBalance !== null) {
    const allowed = posted - held - limits.minimumBalance;
    if (amount > allowed) return exceeded('minimumBalance', allowed);
  }
  return undefined;
}

const fits = (balance: bigint): boolean => balance <= MAX_BALANCE && balance >= -MAX_BALANCE;

/** Posted, held, incoming, and posted less held all stay within the bounds of a balance. */
const inRange = (posted: bigint, held: bigint, incoming: bigint): boolean =>
  fits(posted) && fits(held) && fits(incoming) && fits(posted - held);

function mayGoOut(account: AccountState, amount: bigint, movement: Movement): boolean {
  const { posted, held, incoming } = account;
  if (movement === 'hold') return inRange(posted, held + amount, incoming);
  return inRange(posted - amount, movement === 'settle' ? held - amount : held, incoming);
}

function mayComeIn(account: AccountState, amount: bigint, movement: Movement): boolean {
  const { posted, held, incoming } = account;
  return movement === 'hold'
    ? inRange(posted, held, incoming + amount)
    : inRange(posted + amount, held, incoming);
}

/** Finds both sides of a posting and checks their existence, currency and status, in this order. */
export function findSides(book: Book, posting: Posting, index: number): Sides | PostingRefusal {
  const at = { posting: index };
  if (posting.from === posting.to) return { code: 'SameAccount', ...at, accountId: posting.from };
  const accounts: AccountState[] = [];
  for (const accountId of [posting.from, posting.to]) {
    if (isExternal(accountId)) continue;
    const account = book.account(accountId);
    if (!account) return { code: 'AccountNotFound', ...at, accountId };
    accounts.push(account);
  }
  for (const { accountId, currency: accountCurrency } of accounts) {
    const { currency } = posting;
    if (accountCurrency !== currency) {
      return { code: 'CurrencyMismatch', ...at, accountId, accountCurrency, currency };
    }
  }
  for (const { accountId, status } of accounts) {
    if (status === 'closed') return { code: 'AccountClosed', ...at, accountId };
  }
  for (const { accountId, scope } of accounts) {
    if (scope === undefined) continue;
    if (scope === 'all' || accountId === posting.from) {
      return { code: 'AccountFrozen', ...at, accountId, scope };
    }
  }
  if (accounts.length === 2) return { from: accounts[0], to: accounts[1] };
  return isExternal(posting.from)
    ? { from: undefined, to: accounts[0] }
    : { from: accounts[0], to: undefined };
}

/** The rules about money of a posting between these sides. */
export function refuseMoney(
  book: Book,
  sides: Sides,
  posting: Posting,
  index: number,
  movement: Movement,
): PostingRefusal | undefined {
  const { from, to } = sides;
  if (from && (movement === 'post' || movement === 'hold')) {
    const refusal = refuseFunds(book, from, index, posting);
    if (refusal) return refusal;
  }
  const { amount, currency } = posting;
  const outOfRange = (account: AccountState) => ({
    code: 'BalanceOutOfRange' as const,
    posting: index,
    accountId: account.accountId,
    currency,
  });
  if (from && !mayGoOut(from, amount, movement)) return outOfRange(from);
  if (to && !mayComeIn(to, amount, movement)) return outOfRange(to);
  return undefined;
}

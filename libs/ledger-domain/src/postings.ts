import { isExternal } from '@daybook/kernel';
import { accountStream, type StoredPosting } from '@daybook/ledger-contracts';
import { taken, withBalances } from './account.evolve';
import type { AccountState } from './account-state';
import type { Book } from './book';
import type { Posting } from './commands';
import { findSides, refuseMoney } from './posting-rules';
import type { PostingRefusal } from './rejections';

/** The streams of the internal accounts of postings, each once, in order of first touch. */
export function accountStreams(
  postings: readonly { readonly from: string; readonly to: string }[],
): string[] {
  const streams = new Set<string>();
  for (const { from, to } of postings) {
    if (!isExternal(from)) streams.add(accountStream(from));
    if (!isExternal(to)) streams.add(accountStream(to));
  }
  return [...streams];
}

export const storedPosting = ({ from, to, amount, currency }: Posting): StoredPosting => ({
  from,
  to,
  amount: String(amount),
  currency,
});

/** Moves a posting's amount now: a debit and a credit. */
export function post(
  book: Book,
  posting: Posting,
  index: number,
  movement: 'post' | 'force',
): PostingRefusal | undefined {
  const sides = findSides(book, posting, index);
  if ('code' in sides) return sides;
  const refusal = refuseMoney(book, sides, posting, index, movement);
  if (refusal) return refusal;
  if (sides.from) debit(book, sides.from, posting, index);
  if (sides.to) credit(book, sides.to, posting, index);
  return undefined;
}

function debit(book: Book, account: AccountState, posting: Posting, index: number): void {
  const { to, amount } = posting;
  const { kind, at } = book.entry;
  const { held } = account;
  const after = taken(account, { posted: account.posted - amount, held, amount, kind, at });
  const data = book.side(after, index, to, amount);
  book.take(after, { type: 'AccountDebited', data }, amount);
}

function credit(book: Book, account: AccountState, posting: Posting, index: number): void {
  const { from, amount } = posting;
  const after = withBalances(account, book.entry.at, { posted: account.posted + amount });
  book.write(after, { type: 'AccountCredited', data: book.side(after, index, from, amount) });
}

/** Holds a posting's amount on one side and announces it on the other. */
export function hold(book: Book, posting: Posting, index: number): PostingRefusal | undefined {
  const sides = findSides(book, posting, index);
  if ('code' in sides) return sides;
  const refusal = refuseMoney(book, sides, posting, index, 'hold');
  if (refusal) return refusal;
  const { from, to } = sides;
  if (from) placeHold(book, from, posting, index);
  if (to) expect(book, to, posting, index);
  return undefined;
}

function placeHold(book: Book, account: AccountState, posting: Posting, index: number): void {
  const { to, amount } = posting;
  const { kind, at } = book.entry;
  const { posted } = account;
  const after = taken(account, { posted, held: account.held + amount, amount, kind, at });
  const data = book.side(after, index, to, amount);
  book.take(after, { type: 'HoldPlaced', data }, amount);
}

function expect(book: Book, account: AccountState, posting: Posting, index: number): void {
  const { from, amount } = posting;
  const after = withBalances(account, book.entry.at, { incoming: account.incoming + amount });
  const incomingAfter = String(after.incoming);
  const data = { ...book.side(after, index, from, amount), incomingAfter };
  book.write(after, { type: 'IncomingPending', data });
}

/** Ends a hold, or a part of it, on both sides; never refused, also on a frozen account. */
export function release(book: Book, holdId: string, posting: Posting, index: number): void {
  const { amount } = posting;
  const { at } = book.entry;
  const from = isExternal(posting.from) ? undefined : book.account(posting.from);
  if (from) {
    const after = withBalances(from, at, { held: from.held - amount });
    const data = { ...book.side(after, index, posting.to, amount), holdId };
    book.write(after, { type: 'HoldReleased', data });
  }
  const to = isExternal(posting.to) ? undefined : book.account(posting.to);
  if (to) {
    const after = withBalances(to, at, { incoming: to.incoming - amount });
    const incomingAfter = String(after.incoming);
    const data = { ...book.side(after, index, posting.from, amount), incomingAfter, holdId };
    book.write(after, { type: 'IncomingSettled', data });
  }
}

/** Moves an amount that was held: ends that part of the hold, then debits and credits. */
export function settle(
  book: Book,
  holdId: string,
  posting: Posting,
  indexes: { readonly original: number; readonly own: number },
): PostingRefusal | undefined {
  const sides = findSides(book, posting, indexes.original);
  if ('code' in sides) return sides;
  const refusal = refuseMoney(book, sides, posting, indexes.original, 'settle');
  if (refusal) return refusal;
  release(book, holdId, posting, indexes.original);
  const from = sides.from && book.account(posting.from);
  if (from) debit(book, from, posting, indexes.own);
  const to = sides.to && book.account(posting.to);
  if (to) credit(book, to, posting, indexes.own);
  return undefined;
}

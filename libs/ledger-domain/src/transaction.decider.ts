import { ADJUSTMENT_RAIL, isExternal, reject } from '@daybook/kernel';
import { transactionStream, type TransactionKind } from '@daybook/ledger-contracts';
import { Book } from './book';
import type { Posting, Transact } from './commands';
import { decidedAt } from './decided-at';
import type { LedgerRecord, StateReader } from './operation';
import { transactionPersonal, subjectOf } from './personal-fields';
import { readAccount } from './read-states';
import { hold, post, storedPosting } from './postings';
import type { LedgerRejection } from './rejections';

/** The records of a command that moves money, or why not. */
export type MoneyDecision =
  | { readonly accepted: true; readonly records: readonly LedgerRecord[] }
  | { readonly accepted: false; readonly rejection: LedgerRejection };

/** How far ahead of the deciding clock a transaction may count from. */
export const EFFECTIVE_AHEAD_MS_MAX = 60_000;

function refuseEffective(command: Transact): LedgerRejection | undefined {
  const { effectiveAt, effectiveNotBefore, now } = command;
  if (effectiveAt === undefined) return undefined;
  if (Date.parse(effectiveAt) - Date.parse(now) > EFFECTIVE_AHEAD_MS_MAX) {
    return { code: 'EffectiveInFuture', effectiveAt, now };
  }
  if (effectiveNotBefore !== undefined && effectiveAt < effectiveNotBefore) {
    return { code: 'EffectiveTooEarly', effectiveAt, earliest: effectiveNotBefore };
  }
  return undefined;
}

/** What could never be captured is not held: `at` is the time that a capture would go by. */
function refuseExpired({ pending }: Transact, at: string): LedgerRejection | undefined {
  const expiresAt = pending?.expiresAt;
  if (expiresAt === undefined || expiresAt > at) return undefined;
  return { code: 'ExpiryInPast', expiresAt, now: at };
}

/** A transaction that touches `@adjustment` is an adjustment, whatever it was sent as. */
function kindOf({ kind, postings }: Transact): TransactionKind {
  const adjusts = postings.some(
    ({ from, to }) => from === ADJUSTMENT_RAIL || to === ADJUSTMENT_RAIL,
  );
  return adjusts ? 'adjustment' : kind;
}

/** Under whose subject a transaction's personal fields go: the first account it touches. */
export function firstSubject(states: StateReader, postings: readonly Posting[]): string {
  const first = postings[0];
  const account = first && readAccount(states, isExternal(first.from) ? first.to : first.from);
  if (!account) throw new Error('a posting that was decided on touches an account');
  return subjectOf(account);
}

/**
 * Deposit, withdrawal, transfer, journal: at once, or pending when the command says so. `streams`
 * are those of the accounts that its postings touch.
 */
export function decideTransact(
  states: StateReader,
  command: Transact,
  streams: readonly string[],
): MoneyDecision {
  const refusal = refuseEffective(command);
  if (refusal) return reject(refusal);
  const { transactionId, pending, effectiveAt, postings, identity, details } = command;
  const at = decidedAt(command.now, streams.map(states));
  const expired = refuseExpired(command, at);
  if (expired) return reject(expired);
  const kind = kindOf(command);
  const book = new Book(states, { transactionId, kind, effectiveAt, at });
  let index = 0;
  for (const posting of postings) {
    const refused = pending ? hold(book, posting, index) : post(book, posting, index, 'post');
    if (refused) return reject(refused);
    index += 1;
  }
  const personal = details && transactionPersonal(firstSubject(states, postings), details);
  const data = {
    transactionId,
    kind,
    postings: postings.map(storedPosting),
    effectiveAt,
    personal,
    identity,
    balances: book.balances(),
    at,
  };
  const { expiresAt } = pending ?? {};
  const stream = transactionStream(transactionId);
  book.records.push(
    pending
      ? {
          stream,
          type: 'TransactionPending',
          data: { ...data, ...(expiresAt !== undefined && { expiresAt }) },
        }
      : { stream, type: 'TransactionPosted', data },
  );
  return { accepted: true, records: book.records };
}

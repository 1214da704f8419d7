import { reject } from '@daybook/kernel';
import { transactionStream } from '@daybook/ledger-contracts';
import { Book } from './book';
import type { Posting, Reverse } from './commands';
import type { StateReader } from './operation';
import { transactionPersonal } from './personal-fields';
import { post } from './postings';
import type { LedgerRejection } from './rejections';
import { settledAt, settlementRecord } from './settlement.decider';
import { firstSubject, type MoneyDecision } from './transaction.decider';
import type { TransactionState } from './transaction-state';

/**
 * Only what moved money can be reversed, and once. A pending transaction is voided instead; of a
 * captured one, each capture is reversed (the refusal names them): the rest never moved.
 */
function refuseReversal(original: TransactionState): LedgerRejection | undefined {
  const { transactionId, status, postings, captures, reversalId } = original;
  if (reversalId !== undefined) return { code: 'AlreadyReversed', transactionId, reversalId };
  if (status === 'posted' && postings.length > 0) return undefined;
  return {
    code: 'TransactionNotPosted',
    transactionId,
    transactionStatus: status,
    captures,
  };
}

/** Opposite postings, the last one first: so that what came in is there to go back out. */
const opposite = (original: TransactionState): Posting[] =>
  original.postings
    .map(({ from, to, amount, currency }) => ({
      from: to,
      to: from,
      amount: BigInt(amount),
      currency,
    }))
    .reverse();

/** A new transaction that undoes a posted one in full; nothing is ever edited. */
export function decideReversal(
  states: StateReader,
  command: Reverse,
  original: TransactionState,
): MoneyDecision {
  const refusal = refuseReversal(original);
  if (refusal) return reject(refusal);
  const at = settledAt(states, command, original);
  const { transactionId, originalId, forced, details } = command;
  const kind = 'reversal';
  const book = new Book(states, { transactionId, kind, effectiveAt: undefined, at });
  const postings = opposite(original);
  for (const [index, posting] of postings.entries()) {
    const refused = post(book, posting, index, forced ? 'force' : 'post');
    if (refused) return reject(refused);
  }
  const subject = firstSubject(states, postings);
  const personal = transactionPersonal(subject, { ...details, ...forced });
  book.records.push(
    {
      stream: transactionStream(originalId),
      type: 'TransactionReversed',
      data: { transactionId: originalId, reversalId: transactionId, at },
    },
    {
      stream: transactionStream(transactionId),
      type: 'TransactionPosted',
      data: {
        ...settlementRecord(book, command, postings),
        ...(personal && { personal }),
        ...(forced && { forced: true as const }),
      },
    },
  );
  return { accepted: true, records: book.records };
}

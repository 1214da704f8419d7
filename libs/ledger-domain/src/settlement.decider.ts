import { reject } from '@daybook/kernel';
import { transactionStream, type EventData } from '@daybook/ledger-contracts';
import { Book } from './book';
import { captureAmounts } from './capture-amounts';
import type { Capture, ExpireHold, Posting, SettlementCommand, VoidHold } from './commands';
import { decidedAt } from './decided-at';
import type { StateReader } from './operation';
import { accountStreams, release, settle, storedPosting } from './postings';
import type { LedgerRejection } from './rejections';
import type { MoneyDecision } from './transaction.decider';
import type { TransactionState } from './transaction-state';

/** The time at which a command about an earlier transaction is decided. */
export function settledAt(
  states: StateReader,
  { now }: SettlementCommand,
  original: TransactionState,
): string {
  return decidedAt(now, [original, ...accountStreams(original.postings).map(states)]);
}

/** The posting of the original, with another amount. */
const withAmount = (original: TransactionState, index: number, amount: bigint): Posting => {
  const posting = original.postings[index];
  if (!posting) throw new Error(`no posting ${index} in ${original.transactionId}`);
  return { ...posting, amount };
};

function refuseEnded(original: TransactionState): LedgerRejection | undefined {
  const { transactionId, status: transactionStatus } = original;
  if (transactionStatus === 'pending') return undefined;
  return { code: 'TransactionNotPending', transactionId, transactionStatus };
}

/** From `expiresAt` on nothing is captured, recorded as expired or not. */
function refuseCapture(original: TransactionState, at: string): LedgerRejection | undefined {
  const { transactionId, status: transactionStatus, expiresAt } = original;
  if (transactionStatus !== 'pending' || expiresAt === undefined || at < expiresAt) {
    return refuseEnded(original);
  }
  return { code: 'TransactionNotPending', transactionId, transactionStatus, expiresAt };
}

/** The record of a transaction about an earlier one: `TransactionPosted`, last in its group. */
export function settlementRecord(
  book: Book,
  command: SettlementCommand,
  postings: readonly Posting[],
): EventData<'TransactionPosted'> {
  const { transactionId, kind, at } = book.entry;
  return {
    transactionId,
    kind,
    postings: postings.map(storedPosting),
    identity: command.identity,
    balances: book.balances(),
    at,
    refersTo: command.originalId,
  };
}

/** Captures all or part of what is held; the rest stays held until captured, voided or expired. */
export function decideCapture(
  states: StateReader,
  command: Capture,
  original: TransactionState,
): MoneyDecision {
  const at = settledAt(states, command, original);
  const refusal = refuseCapture(original, at);
  if (refusal) return reject(refusal);
  const amounts = captureAmounts(original, command);
  if ('code' in amounts) return reject(amounts);
  const { transactionId: captureId, originalId } = command;
  const entry = { transactionId: captureId, kind: 'capture', effectiveAt: undefined, at } as const;
  const book = new Book(states, entry);
  const postings: Posting[] = [];
  for (const [index, amount] of amounts.entries()) {
    if (amount === 0n) continue;
    const posting = withAmount(original, index, amount);
    const refused = settle(book, originalId, posting, { original: index, own: postings.length });
    if (refused) return reject(refused);
    postings.push(posting);
  }
  const remaining = original.remaining.map((held, index) => held - (amounts[index] ?? 0n));
  book.records.push(
    {
      stream: transactionStream(originalId),
      type: 'TransactionCaptured',
      data: {
        transactionId: originalId,
        captureId,
        amounts: amounts.map(String),
        remaining: remaining.map(String),
        at,
      },
    },
    {
      stream: transactionStream(captureId),
      type: 'TransactionPosted',
      data: settlementRecord(book, command, postings),
    },
  );
  return { accepted: true, records: book.records };
}

function refuseExpiry(original: TransactionState, at: string): LedgerRejection | undefined {
  const { transactionId, status, expiresAt } = original;
  const over = expiresAt !== undefined && at >= expiresAt;
  if (status !== 'pending' || over) return refuseEnded(original);
  return {
    code: 'TransactionNotExpired',
    transactionId,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/**
 * Frees all that is still held: by the client's wish (also past `expiresAt`, while no expiry is
 * recorded), or because its time is over.
 */
export function decideRelease(
  states: StateReader,
  command: VoidHold | ExpireHold,
  original: TransactionState,
): MoneyDecision {
  const at = settledAt(states, command, original);
  const voids = command.type === 'void';
  const refusal = voids ? refuseEnded(original) : refuseExpiry(original, at);
  if (refusal) return reject(refusal);
  const { transactionId, originalId } = command;
  const kind = voids ? 'void' : 'expiry';
  const book = new Book(states, { transactionId, kind, effectiveAt: undefined, at });
  for (const [index, amount] of original.remaining.entries()) {
    if (amount > 0n) release(book, originalId, withAmount(original, index, amount), index);
  }
  const stream = transactionStream(originalId);
  const mark = { transactionId: originalId, at };
  book.records.push(
    voids
      ? { stream, type: 'TransactionVoided', data: { ...mark, voidId: transactionId } }
      : { stream, type: 'TransactionExpired', data: { ...mark, expiryId: transactionId } },
    {
      stream: transactionStream(transactionId),
      type: 'TransactionPosted',
      data: settlementRecord(book, command, []),
    },
  );
  return { accepted: true, records: book.records };
}

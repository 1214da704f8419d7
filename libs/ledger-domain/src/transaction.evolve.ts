import { UnreadableEvent, type EventData, type LedgerEvent } from '@daybook/ledger-contracts';
import type { TransactionState } from './transaction-state';

function recorded(
  status: 'posted' | 'pending',
  data: EventData<'TransactionPosted'> | EventData<'TransactionPending'>,
): TransactionState {
  const { transactionId, kind, postings, identity, balances, at } = data;
  return {
    of: 'transaction',
    transactionId,
    kind,
    status,
    postings,
    remaining: postings.map(({ amount }) => (status === 'pending' ? BigInt(amount) : 0n)),
    expiresAt: 'expiresAt' in data ? data.expiresAt : undefined,
    captures: [],
    reversalId: undefined,
    at,
    identity,
    recorded: { status, refersTo: 'refersTo' in data ? data.refersTo : undefined, balances },
  };
}

/** Folds `transaction-<id>`; fails closed as `evolveAccount` does. */
export function evolveTransaction(
  transaction: TransactionState | undefined,
  event: LedgerEvent,
): TransactionState {
  if (event.type === 'TransactionPosted' || event.type === 'TransactionPending') {
    if (transaction) throw new UnreadableEvent('out-of-place', event.type, 'recorded twice');
    return recorded(event.type === 'TransactionPosted' ? 'posted' : 'pending', event.data);
  }
  if (!transaction) throw new UnreadableEvent('out-of-place', event.type, 'no transaction yet');
  const { at } = event.data;
  const nothing = transaction.remaining.map(() => 0n);
  switch (event.type) {
    case 'TransactionCaptured': {
      const remaining = event.data.remaining.map(BigInt);
      const status = remaining.some((amount) => amount > 0n) ? 'pending' : 'captured';
      const captures = [...transaction.captures, event.data.captureId];
      return { ...transaction, status, remaining, captures, at };
    }
    case 'TransactionVoided':
      return { ...transaction, status: 'voided', remaining: nothing, at };
    case 'TransactionExpired':
      return { ...transaction, status: 'expired', remaining: nothing, at };
    case 'TransactionReversed':
      return { ...transaction, status: 'reversed', reversalId: event.data.reversalId, at };
    default:
      throw new UnreadableEvent('out-of-place', event.type, 'no event of a transaction');
  }
}

import { UnreadableEvent, type LedgerEvent } from '@daybook/ledger-contracts';
import { evolveAccount } from './account.evolve';
import type { AccountState } from './account-state';
import type { LedgerState } from './operation';
import { evolveTransaction } from './transaction.evolve';
import type { RequestState, TransactionState } from './transaction-state';

function evolveRequest(request: RequestState | undefined, event: LedgerEvent): RequestState {
  if (event.type !== 'CommandAccepted' || request) {
    throw new UnreadableEvent('out-of-place', event.type, 'no event of a request');
  }
  const { identity, answer, at } = event.data;
  return { identity, answer, at };
}

/** Folds an event of any stream that decisions read, by the stream's name; fails closed. */
export function evolveLedger(
  stream: string,
  state: LedgerState | undefined,
  event: LedgerEvent,
): LedgerState {
  if (stream.startsWith('account-')) {
    return evolveAccount(state as AccountState | undefined, event);
  }
  if (stream.startsWith('transaction-')) {
    return evolveTransaction(state as TransactionState | undefined, event);
  }
  if (stream.startsWith('request-')) {
    return evolveRequest(state as RequestState | undefined, event);
  }
  throw new UnreadableEvent('out-of-place', event.type, `no stream of the ledger: ${stream}`);
}

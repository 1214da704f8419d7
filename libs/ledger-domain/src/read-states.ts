import { accountStream, requestStream, transactionStream } from '@daybook/ledger-contracts';
import type { AccountState } from './account-state';
import type { StateReader } from './operation';
import type { RequestState, TransactionState } from './transaction-state';

const misplaced = (id: string): Error => new Error(`the stream of ${id} folds to something else`);

/** An account by its id; undefined when there is none. */
export function readAccount(states: StateReader, accountId: string): AccountState | undefined {
  const state = states(accountStream(accountId));
  if (state && state.of !== 'account') throw misplaced(accountId);
  return state;
}

/** A transaction by its id; undefined when there is none. */
export function readTransaction(
  states: StateReader,
  transactionId: string,
): TransactionState | undefined {
  const state = states(transactionStream(transactionId));
  if (state && state.of !== 'transaction') throw misplaced(transactionId);
  return state;
}

/** A keyed command's record by its id; undefined when there is none. */
export function readRequest(states: StateReader, requestId: string): RequestState | undefined {
  const state = states(requestStream(requestId));
  if (state && state.of !== 'request') throw misplaced(requestId);
  return state;
}

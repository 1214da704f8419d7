import {
  accountEvents,
  UnreadableEvent,
  type EventData,
  type LedgerEvent,
} from '@daybook/ledger-contracts';
import { evolveAccount } from './account.evolve';
import type { LedgerState } from './operation';
import { evolveTransaction } from './transaction.evolve';
import type { RequestState } from './transaction-state';

function evolveRequest(
  request: LedgerState | undefined,
  { identity, answer, at }: EventData<'CommandAccepted'>,
): RequestState {
  if (request) throw new UnreadableEvent('out-of-place', 'CommandAccepted', 'recorded twice');
  return { of: 'request', identity, answer, at };
}

const ofAccounts: ReadonlySet<string> = new Set(Object.keys(accountEvents));

/** Folds an event of any stream that decisions read; fails closed on one that is out of place. */
export function evolveLedger(state: LedgerState | undefined, event: LedgerEvent): LedgerState {
  if (ofAccounts.has(event.type)) {
    if (!state || state.of === 'account') return evolveAccount(state, event);
  } else if (event.type === 'CommandAccepted') {
    return evolveRequest(state, event.data);
  } else if (!state || state.of === 'transaction') {
    return evolveTransaction(state, event);
  }
  throw new UnreadableEvent('out-of-place', event.type, `in a stream of a ${state?.of}`);
}

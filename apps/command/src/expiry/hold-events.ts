import type { LedgerEvent } from '@daybook/ledger-contracts';

/** What opens a hold, and what may end it. */
export const WATCHED: readonly LedgerEvent['type'][] = [
  'TransactionPending',
  'TransactionCaptured',
  'TransactionVoided',
  'TransactionExpired',
];

/** The pending transaction that is over with an event; undefined for any other event. */
export function endedBy({ type, data }: LedgerEvent): string | undefined {
  if (type === 'TransactionVoided' || type === 'TransactionExpired') return data.transactionId;
  if (type !== 'TransactionCaptured') return undefined;
  return data.remaining.every((amount) => amount === '0') ? data.transactionId : undefined;
}

import type { z } from 'zod';
import { accountEvents } from './account-events';
import { requestEvents, transactionEvents } from './transaction-events';

/** Every event of the ledger at its newest version. */
export const ledgerEvents = { ...accountEvents, ...transactionEvents, ...requestEvents } as const;

export type EventName = keyof typeof ledgerEvents;

export type EventData<Name extends EventName> = z.infer<(typeof ledgerEvents)[Name]>;

type Of<Name extends EventName> = {
  [N in Name]: { readonly type: N; readonly data: EventData<N> };
}[Name];

export type AccountEvent = Of<keyof typeof accountEvents>;
export type TransactionEvent = Of<keyof typeof transactionEvents>;
export type RequestEvent = Of<keyof typeof requestEvents>;
export type LedgerEvent = AccountEvent | TransactionEvent | RequestEvent;

/** Stream names. `~` is reserved in them; no two may differ only in case. */
export const accountStream = (accountId: string): string => `account-${accountId}`;
export const transactionStream = (transactionId: string): string => `transaction-${transactionId}`;
export const requestStream = (requestId: string): string => `request-${requestId}`;
export const accountSnapshotStream = (accountId: string): string => `snapshot-account-${accountId}`;
export const commandStream = (commandId: string): string => `command-${commandId}`;

/** The streams that projections read. Snapshots and receipts are none of theirs. */
export const ledgerPrefixes: readonly string[] = ['account-', 'transaction-', 'request-'];

/** Streams without views whose positions clients are told, and so may wait for. */
export const receiptPrefixes: readonly string[] = ['command-'];

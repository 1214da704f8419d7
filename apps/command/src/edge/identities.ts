import { derivedTransactionId, type DerivedKind } from '@daybook/ledger-domain';
import { hash, randomUUID } from 'node:crypto';

/** Until there is authentication, everybody is the same caller. */
export const PUBLIC_CALLER = 'public';

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** The id that a caller's `Idempotency-Key` stands for; `index`: the command's place in a batch. */
export const idOfKey = (caller: string, key: string, index?: number): string =>
  `_key-${sha256([caller, key, ...(index === undefined ? [] : [index])].join('\u0000'))}`;

/** The id of the one capture, void, expiry or reversal of a transaction that names none itself. */
export const idOfSettlement = (kind: DerivedKind, transactionId: string): string =>
  derivedTransactionId(kind, transactionId, sha256);

/** An id for something that its client did not name. */
export const freshId = (): string => `_${randomUUID()}`;

/** What an `Idempotency-Key` can be: 1 to 255 printable ASCII characters. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

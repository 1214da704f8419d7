import { DIGEST_VERSION, digestText } from '@daybook/ledger-domain';
import type { Identity } from '@daybook/ledger-contracts';
import { hash } from 'node:crypto';
import { PUBLIC_CALLER } from './identities';

/**
 * What a caller asked for: the operation, the id of its path and the parsed body. A batch's item
 * has the identity of the single route's request.
 */
export const identityOf = (operation: string, id: string, body: object): Identity => ({
  caller: PUBLIC_CALLER,
  digest: hash('sha256', digestText(operation, id === '' ? { body } : { id, body }), 'hex'),
  digestVersion: DIGEST_VERSION,
});

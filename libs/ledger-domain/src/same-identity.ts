import type { Identity } from '@daybook/ledger-contracts';

/** A true retry: the same caller sent the same content, digested in the same way. */
export const sameIdentity = (one: Identity, other: Identity): boolean =>
  one.digest === other.digest &&
  one.digestVersion === other.digestVersion &&
  one.caller === other.caller;

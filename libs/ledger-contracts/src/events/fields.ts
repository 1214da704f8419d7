import { z } from 'zod';

/** Minor units as a string: a JS number never holds an amount. */
export const minorUnits = z.string().regex(/^-?(0|[1-9]\d{0,18})$/);

/** An RFC 3339 instant in UTC with milliseconds, as `Date.toISOString` writes it. */
export const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/**
 * Free text and personal fields, apart from everything else, so that they can be encrypted and
 * erased without a new version: `data` is an object under `enc: "none"`, else a ciphertext.
 */
export const personal = z.strictObject({
  subject: z.string(),
  enc: z.string(),
  data: z.union([z.record(z.string(), z.unknown()), z.string()]),
});

export const transactionKind = z.enum([
  'deposit',
  'withdrawal',
  'transfer',
  'journal',
  'capture',
  'void',
  'expiry',
  'reversal',
  'adjustment',
]);

export const posting = z.strictObject({
  from: z.string(),
  to: z.string(),
  amount: minorUnits,
  currency: z.string(),
});

/** An internal account's balances after a command; `available` null: unlimited. */
export const balance = z.strictObject({
  accountId: z.string(),
  currency: z.string(),
  posted: minorUnits,
  held: minorUnits,
  available: minorUnits.nullable(),
});

/** What tells a true retry from a reused key: the caller's digest of what it sent. */
export const identity = z.strictObject({
  caller: z.string(),
  digest: z.string(),
  digestVersion: z.int().positive(),
});

export type TransactionKind = z.infer<typeof transactionKind>;
export type Personal = z.infer<typeof personal>;
export type StoredPosting = z.infer<typeof posting>;
export type StoredBalance = z.infer<typeof balance>;
export type Identity = z.infer<typeof identity>;

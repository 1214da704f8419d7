import { z } from 'zod';
import { identity, instant, minorUnits, personal, transactionKind } from './fields';

/** `null` takes a limit away; absent leaves it as it was. */
const limits = z.strictObject({
  perTransaction: minorUnits.nullable().optional(),
  perDay: minorUnits.nullable().optional(),
  minimumBalance: minorUnits.nullable().optional(),
});

/** One internal side of a posting: self-contained, so that views join no streams. */
const side = {
  accountId: z.string(),
  transactionId: z.string(),
  /** The posting's index in the transaction; at the end of a hold, in the one that placed it. */
  posting: z.int().nonnegative(),
  kind: transactionKind,
  counterparty: z.string(),
  amount: minorUnits,
  currency: z.string(),
  balanceAfter: minorUnits,
  heldAfter: minorUnits,
  /** Absent: counts from when it was recorded. */
  effectiveAt: instant.optional(),
  at: instant,
};

/** The events of `account-<id>`. Their names are the storage format: never rename one. */
export const accountEvents = {
  AccountOpened: z.strictObject({
    accountId: z.string(),
    currency: z.string(),
    exponent: z.int().nonnegative(),
    /** null: unlimited. */
    overdraftLimit: minorUnits.nullable(),
    ownerId: z.string().optional(),
    personal: personal.optional(),
    /** The opening's own identity: the same opening again is a repeat, another one a conflict. */
    identity,
    at: instant,
  }),
  AccountFrozen: z.strictObject({
    accountId: z.string(),
    scope: z.enum(['all', 'debits']),
    at: instant,
  }),
  AccountUnfrozen: z.strictObject({ accountId: z.string(), at: instant }),
  AccountClosed: z.strictObject({ accountId: z.string(), at: instant }),
  AccountLimitsChanged: z.strictObject({
    accountId: z.string(),
    overdraftLimit: minorUnits.nullable().optional(),
    limits: limits.optional(),
    at: instant,
  }),
  /** A field of `data` replaces the one before it; null takes it away. */
  AccountDetailsChanged: z.strictObject({ accountId: z.string(), personal, at: instant }),
  AccountCredited: z.strictObject(side),
  AccountDebited: z.strictObject(side),
  /** The debited side of a pending posting: `amount` is held. */
  HoldPlaced: z.strictObject(side),
  /** `amount` of a hold is free again: captured, voided or expired, as `kind` says. */
  HoldReleased: z.strictObject({ ...side, holdId: z.string() }),
  /** The credited side of a pending posting: `amount` is expected. */
  IncomingPending: z.strictObject({ ...side, incomingAfter: minorUnits }),
  /** `amount` is no longer expected: captured, voided or expired, as `kind` says. */
  IncomingSettled: z.strictObject({ ...side, holdId: z.string(), incomingAfter: minorUnits }),
} as const;

export type StoredLimits = z.infer<typeof limits>;

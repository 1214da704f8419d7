import { z } from 'zod';
import {
  balance,
  identity,
  instant,
  minorUnits,
  personal,
  posting,
  transactionKind,
} from './fields';

/** The record of a transaction's identity; it closes the group and stores the answer. */
const record = {
  transactionId: z.string(),
  kind: transactionKind,
  postings: z.array(posting),
  effectiveAt: instant.optional(),
  personal: personal.optional(),
  identity,
  /** The answer: the balances of the internal accounts touched, in order of first touch. */
  balances: z.array(balance),
  at: instant,
};

/** What a later transaction did to an earlier one, written at its exact revision. */
const mark = { transactionId: z.string(), at: instant };

/** The events of `transaction-<id>`. Their names are the storage format: never rename one. */
export const transactionEvents = {
  TransactionPosted: z.strictObject({
    ...record,
    /** The transaction a capture, void, expiry or reversal refers to. */
    refersTo: z.string().optional(),
    /** A reversal that was forced past the balance rules; the reason is in `personal`. */
    forced: z.literal(true).optional(),
  }),
  TransactionPending: z.strictObject({ ...record, expiresAt: instant.optional() }),
  TransactionCaptured: z.strictObject({
    ...mark,
    captureId: z.string(),
    /** Captured now, per posting of the original. */
    amounts: z.array(minorUnits),
    /** Still held, per posting of the original; all zero: captured in full. */
    remaining: z.array(minorUnits),
  }),
  TransactionVoided: z.strictObject({ ...mark, voidId: z.string() }),
  TransactionExpired: z.strictObject({ ...mark, expiryId: z.string() }),
  TransactionReversed: z.strictObject({ ...mark, reversalId: z.string() }),
} as const;

/** The event of `request-<id>`: the identity of a keyed command that is no transaction. */
export const requestEvents = {
  CommandAccepted: z.strictObject({
    requestId: z.string(),
    operation: z.string(),
    identity,
    /** The answer's body but for `position`. */
    answer: z.record(z.string(), z.unknown()),
    at: instant,
  }),
} as const;

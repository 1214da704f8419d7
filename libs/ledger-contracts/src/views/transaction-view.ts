import type { TransactionKind } from '../events/fields';

export type TransactionStatusView =
  'posted' | 'pending' | 'captured' | 'voided' | 'expired' | 'reversed';

export interface PostingView {
  readonly from: string;
  readonly to: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
}

/** A status from a position on, and the transaction that brought it. */
export interface StatusChange {
  readonly position: bigint;
  readonly recordedAt: Date;
  readonly status: TransactionStatusView;
  readonly transactionId: string;
}

/** A transaction as it is now, in `transactions`; `_id` is its id. */
export interface TransactionView {
  readonly _id: string;
  readonly partition: number;
  /** Revision of the last event of its stream that was applied. */
  readonly revision: number;
  /** Position of its own record (the first of its stream): where it begins to exist. */
  readonly position: bigint;
  readonly kind: TransactionKind;
  readonly status: TransactionStatusView;
  readonly postings: readonly PostingView[];
  /** Every account touched, each once; external ones as `@bank:CZK`. */
  readonly accounts: readonly string[];
  readonly effectiveAt: Date;
  readonly recordedAt: Date;
  readonly reference: string | null;
  /** An object as JSON text: BSON refuses some keys that JSON allows. */
  readonly metadata: string | null;
  readonly expiresAt: Date | null;
  /** The transaction that this one captures, voids, lets expire or reverses. */
  readonly refersTo: string | null;
  readonly reversedBy: string | null;
  /** Still held, per posting, minor units; empty unless it was pending. */
  readonly remaining: readonly bigint[];
  /** Every status it had, oldest first: its first one and at most one more. */
  readonly changes: readonly StatusChange[];
  readonly quarantined?: true;
}

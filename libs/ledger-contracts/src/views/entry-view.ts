import type { TransactionKind } from '../events/fields';

/**
 * One side of one posting, never changed, in `entries`. `series` is what `balanceAfter`,
 * `effectiveMax` and `late` run over, in log order: an internal account, or a partition's share
 * of an external one (`@bank:CZK#3`, while `account` is `@bank:CZK`).
 */
export interface EntryView {
  /** `pointId(series, position, posting)`: sorts by series, then position, then posting. */
  readonly _id: string;
  readonly account: string;
  readonly series: string;
  readonly partition: number;
  /** Revision in the account's stream; null for external accounts, which have none. */
  readonly revision: number | null;
  /** Position of the account's own event; of the closing record for external accounts. */
  readonly position: bigint;
  readonly posting: number;
  readonly transactionId: string;
  readonly kind: TransactionKind;
  readonly counterparty: string;
  readonly currency: string;
  /** Minor units; negative: a debit. */
  readonly amount: bigint;
  /** The series' sum in log order up to here; wide for external accounts. */
  readonly balanceAfter: bigint;
  readonly effectiveAt: Date;
  /** The highest effective time of the series up to here, this entry included. */
  readonly effectiveMax: Date;
  /** Effective before the `effectiveMax` that the entry found. */
  readonly late: boolean;
  readonly recordedAt: Date;
}

/**
 * A copy of what time travel needs of each late entry, in `late_entries`. It counts on its own at
 * the times from its `effectiveAt` to just before its `effectiveMax`, which is less than 4^`span`
 * ms later: so the entries that count at a time are found near it, span by span.
 */
export interface LateEntryView extends Pick<
  EntryView,
  '_id' | 'series' | 'position' | 'posting' | 'amount' | 'effectiveAt'
> {
  /** One of `lateSpans`. */
  readonly span: number;
}

/** From 70 minutes to longer than all times that a `Date` can tell. */
export const lateSpans: readonly number[] = Array.from({ length: 17 }, (_, at) => at + 11);

/** Longer than what stands in a span is late, in ms. */
export const lateSpanMs = (span: number): number => 4 ** span;

/** The smallest span of an entry that is so many ms late. */
export const lateSpan = (ms: number): number =>
  lateSpans.find((span) => ms < lateSpanMs(span)) ?? (lateSpans.at(-1) as number);

const positionDigits = 19;
const postingDigits = 4;

/**
 * The id of a point in a series: as text it sorts by position, then posting, so the last point at
 * or before a position is one seek in the `_id` index, between `pointId(series, 0n)` and
 * `pointId(series, position, MAX_POSTING)`.
 */
export const pointId = (series: string, position: bigint, posting = 0): string =>
  `${series}:${position.toString().padStart(positionDigits, '0')}` +
  `:${posting.toString().padStart(postingDigits, '0')}`;

/** The highest posting index that sorts rightly in a `pointId`. */
export const MAX_POSTING = 9_999;

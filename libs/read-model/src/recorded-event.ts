import type { LedgerEvent } from '@daybook/ledger-contracts';

/** A record of the log, as projections need it. */
export interface LogRecord {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The records of one command, whole, with the time at which the ledger learned of them. */
export interface LogGroup {
  readonly records: readonly LogRecord[];
  readonly position: bigint;
  readonly recordedAt: Date;
}

/** An event with its place in its stream and in the log. */
export interface Recorded<Event extends LedgerEvent = LedgerEvent> {
  readonly event: Event;
  readonly revision: number;
  readonly position: bigint;
  readonly recordedAt: Date;
}

/** When an event counts: as the client said, else when it was recorded. */
export const effectiveTime = (effectiveAt: string | undefined, recordedAt: Date): Date =>
  effectiveAt === undefined ? recordedAt : new Date(effectiveAt);

export const laterOf = (one: Date | null, other: Date): Date =>
  one !== null && one.getTime() > other.getTime() ? one : other;

/** A record to be appended. `id` is a UUID, fresh for every decision, kept on a resend. */
export interface NewRecord {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  /** The event's data as JSON: a text is cheap to keep until it is sent, and to send again. */
  readonly json: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A record as the log holds it. Positions grow along the log; `created` is the store's clock. */
export interface StoredRecord {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created: Date;
}

/** A place in the log: that of a record, or before the first one. */
export type LogPosition = bigint | 'start';

/** The state a stream must have for an append to be committed. */
export interface StreamCheck {
  readonly stream: string;
  readonly expected: 'no-stream' | number;
}

export interface Violation {
  readonly stream: string;
  readonly actual: 'no-stream' | 'deleted' | 'tombstoned' | number;
}

/**
 * The store's word on an append. Anything else (deadline, lost connection, internal error) is
 * thrown as `UnknownOutcome`: send exactly the same append again, it answers with the truth.
 */
export type AppendOutcome =
  | { readonly committed: true; readonly position: bigint }
  | { readonly committed: false; readonly violations: readonly Violation[] };

/** What the write side needs of a store. Every append is atomic over all its streams. */
export interface EventStore {
  /** Throws `UnknownOutcome`, or `AppendRefused` when the store will never take these records. */
  append(records: readonly NewRecord[], checks: readonly StreamCheck[]): Promise<AppendOutcome>;
  /** A stream's records from a revision on; none for a stream that does not exist. Throws `StoreUnreachable`. */
  readStream(stream: string, from: number, limit: number): Promise<readonly StoredRecord[]>;
  /** The newest record of a stream, if any. Throws `StoreUnreachable`. */
  readLast(stream: string): Promise<StoredRecord | undefined>;
}

/** What the read side needs of a store: the log in order, filtered by prefixes of stream names. */
export interface EventLog extends Pick<EventStore, 'readStream'> {
  /**
   * Position of the newest record, whatever its stream; `start` while there is none. A node that
   * follows another may be behind. Throws `StoreUnreachable`.
   */
  end(): Promise<bigint | 'start'>;
  /**
   * At most `limit` records after a position; fewer only at the end of the log. Throws
   * `StoreUnreachable`.
   */
  readAfter(
    position: LogPosition,
    limit: number,
    prefixes: readonly string[],
  ): Promise<readonly StoredRecord[]>;
  /** Live records after a position, until the signal aborts. Ends with `StoreUnreachable` on a lost connection. */
  follow(
    position: LogPosition,
    prefixes: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<StoredRecord>;
}

/** What schedulers need of a store: the records of a few types, wherever in the log they stand. */
export interface EventTypeLog {
  /** As `EventLog.follow`, by the type's name instead of the stream's. */
  followTypes(
    position: LogPosition,
    types: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<StoredRecord>;
}

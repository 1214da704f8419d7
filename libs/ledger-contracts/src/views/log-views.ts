/** A partition's share of a currency's total over the internal accounts, in `totals`. */
export interface TotalView {
  /** `CZK#3`. */
  readonly _id: string;
  readonly currency: string;
  readonly partition: number;
  /** Position of the last account event applied. */
  readonly position: bigint;
  /** Minor units; wide: may lie beyond 64 bits. */
  readonly sum: bigint;
}

/** The last group recorded in a millisecond. */
export interface Tick {
  readonly at: Date;
  readonly position: bigint;
}

/**
 * A second of recorded time in which something was recorded, in `clock`: turns `knownAt` into a
 * position. The last tick at or before an instant is in the last or last but one document up to it.
 */
export interface ClockView {
  /** The second's beginning, UTC. */
  readonly _id: Date;
  /** Position of the last group applied: the last tick's. */
  readonly position: bigint;
  /** Oldest first, at most a thousand. */
  readonly ticks: readonly Tick[];
}

/** How far a partition's views are true, in `checkpoints`; `_id` is the partition. */
export interface CheckpointView {
  readonly _id: number;
  /** End of the last whole group of the log before which all of the partition is durable. */
  readonly position: bigint;
  /** Recorded time of that group: the newest that the partition knows. */
  readonly recordedAt: Date;
  /** Last record of that group, which no other log has; earlier versions did not keep it. */
  readonly last?: { readonly stream: string; readonly revision: number; readonly id: string };
}

/** A stream whose views stand still before an event that could not be applied, in `quarantine`. */
export interface QuarantineView {
  /** The stream. */
  readonly _id: string;
  readonly partition: number;
  /** The first event that was not applied. */
  readonly revision: number;
  readonly position: bigint;
  readonly type: string;
  readonly reason: string;
  readonly recordedAt: Date;
}

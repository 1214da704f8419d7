import type { StoredRecord } from '@daybook/event-store';

/** The records of one command, whole: views, checkpoints and answers stand only between groups. */
export interface RecordGroup {
  readonly records: readonly StoredRecord[];
  /** Position of the last record. */
  readonly position: bigint;
  /** The `created` stamp of the last record, raised to the highest of the groups before. */
  readonly recordedAt: Date;
}

/** A place between two groups, with what is needed to go on from there as if never stopped. */
export interface Place {
  /** Position of the last whole group; `start` before the first. */
  readonly position: bigint | 'start';
  /** The highest recorded time up to there. */
  readonly recordedAt: Date | null;
}

/** Before the first record of the log. */
export const LOG_START: Place = { position: 'start', recordedAt: null };

export const placeAfter = (group: RecordGroup): Place => ({
  position: group.position,
  recordedAt: group.recordedAt,
});

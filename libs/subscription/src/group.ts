import type { LogPosition, StoredRecord } from '@daybook/event-store';

/** Names one record of one log: what another log has in its place has another id. */
export interface RecordMark {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

/** The records of one command, whole: views, checkpoints and answers stand only between groups. */
export interface RecordGroup {
  readonly records: readonly StoredRecord[];
  /** Position of the last record. */
  readonly position: bigint;
  /** The `created` stamp of the last record, raised to the highest of the groups before. */
  readonly recordedAt: Date;
  /** Of a group without records: the last record of the groups before, where that is known. */
  readonly last?: RecordMark;
}

/** A place between two groups, with what is needed to go on from there as if never stopped. */
export interface Place {
  /** Position of the last whole group; `start` before the first. */
  readonly position: LogPosition;
  /** The highest recorded time up to there. */
  readonly recordedAt: Date | null;
  /** The last record of the last whole group, where that is known: tells this log from others. */
  readonly last?: RecordMark;
}

/** Before the first record of the log. */
export const LOG_START: Place = { position: 'start', recordedAt: null };

export const placeAfter = ({ records, position, recordedAt, last }: RecordGroup): Place => ({
  position,
  recordedAt,
  last: markOf(records.at(-1)) ?? last,
});

/** The mark of a record, if there is one. */
export const markOf = (record: StoredRecord | undefined): RecordMark | undefined =>
  record && { stream: record.stream, revision: record.revision, id: record.id };

import type { StoredRecord } from '@daybook/event-store';
import { markOf, type Place, type RecordGroup, type RecordMark } from './group';

/** More records than any command of the ledger can write in one group. */
export const MAX_GROUP_RECORDS = 100_000;

/** The log holds more records without an end of group than any command writes. */
export class GroupTooLarge extends Error {
  readonly code = 'GroupTooLarge';
  readonly retryable = false;
}

/**
 * Puts records, given in log order, together into whole groups. What it yields is a function of
 * the log alone, wherever it began and however the records were cut.
 */
export class GroupAssembler {
  #pending: StoredRecord[] = [];
  #recordedAt: Date | null;
  #last: StoredRecord | undefined;
  readonly #lastBefore: RecordMark | undefined;

  constructor(
    from: Place,
    private readonly isPassed: (stream: string) => boolean = () => false,
  ) {
    this.#recordedAt = from.recordedAt;
    this.#lastBefore = from.last;
  }

  /**
   * Takes the next record; gives the group that it closes, if it closes one. A record that is only
   * passed is in no group and moves no recorded time: it is a place, a group without records.
   */
  take(record: StoredRecord): RecordGroup | undefined {
    if (this.isPassed(record.stream)) {
      const { position } = record;
      const recordedAt = this.#recordedAt;
      // No place within a group, nor before the first, where there is no recorded time yet.
      if (this.#pending.length > 0 || recordedAt === null) return undefined;
      return { records: [], position, recordedAt, last: markOf(this.#last) ?? this.#lastBefore };
    }
    this.#pending.push(record);
    if (record.metadata['last'] !== 'true') {
      if (this.#pending.length > MAX_GROUP_RECORDS) {
        throw new GroupTooLarge(`no end of group in the records up to ${record.position}`);
      }
      return undefined;
    }
    const records = this.#pending;
    const recordedAt = later(record.created, this.#recordedAt);
    this.#pending = [];
    this.#recordedAt = recordedAt;
    this.#last = record;
    return { records, position: record.position, recordedAt };
  }
}

const later = (one: Date, other: Date | null): Date =>
  other !== null && other.getTime() > one.getTime() ? other : one;

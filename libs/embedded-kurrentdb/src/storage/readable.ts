import type { StreamRecord } from './stream-record';

/**
 * Events written before this cannot be read any more, by the stream's maximum age; 0 without one.
 */
export function oldestReadableMs(record: StreamRecord, nowMs: number): number {
  const { maxAgeSeconds } = record.limits;
  return maxAgeSeconds === undefined ? 0 : nowMs - maxAgeSeconds * 1000;
}

/** Whether a read would show the event, its age aside. */
export function canRead(record: StreamRecord, revision: number): boolean {
  return !record.tombstoned && !record.softDeleted && revision >= record.firstRevision;
}

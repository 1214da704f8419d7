import type { LogWriter } from './log-writer';
import { baseOf, isMetadataStream } from './stream-name';
import type { StreamRecord } from './stream-record';

/** What a writer expects of a stream: a revision, or one of the special states below. */
export type Expected = number;
export const expectNoStream: Expected = -1;
export const expectAny: Expected = -2;
export const expectStreamExists: Expected = -4;

/** A stream that is written or checked, with its record as the writer found it. */
export interface ExpectedStream {
  readonly key: string;
  readonly record: StreamRecord | undefined;
  readonly expected: Expected;
}

/** What the commit check decided about one stream; the original's rules, in its order. */
export type Decision =
  | { readonly kind: 'ok'; readonly current: number; readonly undelete: boolean }
  | {
      readonly kind: 'repeated';
      readonly current: number;
      readonly first: number;
      readonly last: number;
    }
  | { readonly kind: 'wrong'; readonly current: number; readonly corrupted: boolean }
  | { readonly kind: 'deleted'; readonly current: number; readonly soft: boolean };

/**
 * Decides whether events with these ids may be written to the stream. A repeated append is
 * recognised by its ids: at the expected revisions by comparing with the log, else from the ids
 * written last. The ids are only asked for when it takes them to decide.
 */
export function checkCommit(
  writer: LogWriter,
  { key, record, expected }: ExpectedStream,
  eventIds: () => readonly string[],
): Decision {
  const current = record?.lastRevision ?? -1;
  if (isTombstoned(writer, key, record)) return { kind: 'deleted', current, soft: false };
  const softDeleted = record?.softDeleted ?? false;
  if (expected === expectStreamExists) {
    if (softDeleted) return { kind: 'deleted', current, soft: true };
    if (current < 0 && !record?.hasMetadata) return { kind: 'wrong', current, corrupted: false };
  }
  if (expected === expectAny || expected === expectStreamExists) {
    if (!record) return { kind: 'ok', current, undelete: false };
    return checkKnownIds(writer, record, current, softDeleted, eventIds());
  }
  if (expected < current) {
    return checkAgainstLog(writer, record!, expected, softDeleted, eventIds());
  }
  if (expected > current) return { kind: 'wrong', current, corrupted: false };
  return { kind: 'ok', current, undelete: softDeleted };
}

/**
 * Whether the stream was deleted for ever. The metadata of such a stream cannot be written either,
 * but for more metadata where there was some.
 */
export function isTombstoned(writer: LogWriter, key: string, record?: StreamRecord): boolean {
  if (record?.tombstoned) return true;
  if (record && record.lastRevision >= 0) return false;
  return isMetadataStream(key) && (writer.find(baseOf(key))?.tombstoned ?? false);
}

function checkKnownIds(
  writer: LogWriter,
  record: StreamRecord,
  current: number,
  softDeleted: boolean,
  eventIds: readonly string[],
): Decision {
  let first = -1;
  let last = -1;
  for (let i = 0; i < eventIds.length; i++) {
    const known = writer.knownIds.find(eventIds[i]!);
    if (!known || known.streamNumber !== record.number) {
      if (i > 0) return { kind: 'wrong', current, corrupted: true };
      return { kind: 'ok', current, undelete: softDeleted };
    }
    if (i === 0) first = known.revision;
    last = known.revision;
  }
  if (eventIds.length === 0) return { kind: 'ok', current, undelete: softDeleted };
  // The original never answers to known ids in another order; a refusal is the honest answer.
  if (last - first !== eventIds.length - 1) return { kind: 'wrong', current, corrupted: true };
  return { kind: 'repeated', current, first, last };
}

function checkAgainstLog(
  writer: LogWriter,
  record: StreamRecord,
  expected: number,
  softDeleted: boolean,
  eventIds: readonly string[],
): Decision {
  const current = record.lastRevision;
  let revision = expected;
  for (const id of eventIds) {
    revision++;
    const known = writer.knownIds.find(id);
    if (known && known.streamNumber === record.number && known.revision === revision) continue;
    if (writer.event(record, revision)?.id === id) continue;
    if (revision !== expected + 1) return { kind: 'wrong', current, corrupted: true };
    if (expected === expectNoStream && softDeleted) return { kind: 'ok', current, undelete: true };
    return { kind: 'wrong', current, corrupted: false };
  }
  if (eventIds.length === 0) return { kind: 'wrong', current, corrupted: false };
  return { kind: 'repeated', current, first: expected + 1, last: revision };
}

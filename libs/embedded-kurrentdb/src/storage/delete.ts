import { randomUUID } from 'node:crypto';
import type { AppendOutcome, Refusal } from './append';
import { checkCommit, type Expected } from './commit-check';
import type { LogWriter } from './log-writer';
import { softDeletedMetadata } from './stream-metadata';
import { streamKeyOf } from './stream-name';

/**
 * Deletes a stream: softly, so that it can be written again with its revisions going on, or for
 * ever with a tombstone. As in the original, a stream that was never written can be tombstoned but
 * not soft deleted.
 */
export function deleteStream(
  writer: LogWriter,
  name: Buffer,
  expected: Expected,
  forEver: boolean,
): AppendOutcome {
  const key = streamKeyOf(name);
  const record = writer.find(key);
  const decision = checkCommit(writer, { key, record, expected }, () => [randomUUID()]);
  if (decision.kind !== 'ok') {
    return { kind: 'refused', stream: 0, decision: decision as Refusal };
  }
  const { current } = decision;
  if (!forEver && current < 0 && !record?.hasMetadata) {
    return { kind: 'refused', stream: 0, decision: { kind: 'wrong', current, corrupted: false } };
  }
  const position = forEver
    ? writer.tombstone(record ?? writer.create(key))
    : writer.writeMetadata(key, softDeletedMetadata);
  return { kind: 'appended', streams: [{ stream: key, revision: current }], position };
}

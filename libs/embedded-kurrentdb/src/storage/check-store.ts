import type { Databases } from './databases';
import { firstPosition } from './layout';
import { decodeRecordedEvent } from './recorded-event';
import { EventFlag, eventsIn, StoredEvent } from './stored-event';
import { nameOf, streamKeyOf } from './stream-name';

/** What an offline check read, and what is wrong. */
export interface CheckReport {
  readonly blocks: number;
  readonly events: number;
  readonly streams: number;
  readonly problems: readonly string[];
}

const problemsMax = 100;

/**
 * Reads the whole store: every event decodes and says of itself what its header says, positions
 * only grow, every stream's newest revision and every place in the index is that of the event in
 * the log.
 */
export function checkStore(db: Databases): CheckReport {
  const problems: string[] = [];
  const report = (problem: string): void => {
    if (problems.length < problemsMax) problems.push(problem);
  };
  let blocks = 0;
  let events = 0;
  let position = firstPosition;
  for (const { key, value } of db.log.getRange({})) {
    blocks++;
    const block = Buffer.from(value);
    const blockKey = Buffer.from(key).readUIntBE(0, 6);
    for (let i = 0; i < eventsIn(block); i++) {
      const event = new StoredEvent(block, i);
      if (event.position < position) report(`position ${event.position} follows ${position}`);
      position = event.nextPosition;
      if (event.scavenged) continue;
      events++;
      checkEvent(db, event, blockKey, report);
    }
  }
  const streams = checkStreams(db, report);
  return { blocks, events, streams, problems };
}

function checkEvent(
  db: Databases,
  event: StoredEvent,
  blockKey: number,
  report: (problem: string) => void,
): void {
  const at = `the event at ${event.position}`;
  try {
    event.verify();
    const { streamName, type, id } = decodeRecordedEvent(event.record);
    if (streamName !== event.streamName.toString('utf8')) report(`${at} has two stream names`);
    if (type !== event.type.toString('utf8')) report(`${at} has two types`);
    if (id !== event.id) report(`${at} has two ids`);
  } catch (error) {
    report(`${at} cannot be read: ${String(error)}`);
    return;
  }
  const record = db.streamRecord(streamKeyOf(event.streamName));
  if (!record) {
    report(`${at} is in stream '${event.streamName.toString('utf8')}', which is unknown`);
    return;
  }
  if (record.number !== event.streamNumber) report(`${at} has another stream number`);
  if (event.flags & EventFlag.Tombstone) {
    if (!record.tombstoned) report(`${at} is the tombstone of a stream that has none`);
    return;
  }
  const place = db.place(record, event.revision);
  if (!place || place.block !== blockKey || place.index !== event.index) {
    report(`${at} (revision ${event.revision}) is not where the index looks for it`);
  }
}

function checkStreams(db: Databases, report: (problem: string) => void): number {
  let streams = 0;
  for (const record of db.streamRecords()) {
    streams++;
    if (record.lastRevision < 0) continue;
    const place = db.place(record, record.lastRevision);
    const event = place && db.eventAt(place);
    const known = event && event.revision === record.lastRevision;
    if (!known && !record.tombstoned) {
      report(`the newest event of stream '${nameOf(record.key)}' is missing`);
    }
  }
  return streams;
}

import type { Databases } from './databases';
import { blockKey, chunkPlaces } from './layout';
import { decodeRecordedEvent } from './recorded-event';
import { EventFlag, eventsIn, StoredEvent } from './stored-event';
import { limitsOf } from './stream-metadata';
import { baseOf, streamKeyOf } from './stream-name';
import { StreamRecord, type Place } from './stream-record';

/**
 * The records of all streams that the log has written to from that position on, which begins a
 * block. What a record knows already is passed over, so it does not matter how much of it was saved.
 */
export function replayed(db: Databases, from: number): Iterable<StreamRecord> {
  const records = new Map<string, StreamRecord>();
  const find = (key: string): StreamRecord => {
    let record = records.get(key);
    if (!record) {
      // A stream's number comes with its first event, also when its metadata came before that.
      record = db.streamRecord(key) ?? new StreamRecord(key, 0);
      records.set(key, record);
    }
    return record;
  };
  for (const { key, value } of db.log.getRange({ start: blockKey(from) })) {
    const block = Buffer.from(value);
    const position = Buffer.from(key).readUIntBE(0, 6);
    for (let index = 0; index < eventsIn(block); index++) {
      const event = new StoredEvent(block, index);
      // Made again from what is damaged, a stream's record would be wrong for good.
      if (!event.scavenged) event.verify();
      const record = find(streamKeyOf(event.streamName));
      record.number ||= event.streamNumber;
      apply(record, event, { block: position, index });
      if (event.flags & EventFlag.Metadata) {
        const base = find(baseOf(record.key));
        base.hasMetadata = true;
        base.limits = limitsOf(base.key, decodeRecordedEvent(event.record).data);
      }
    }
  }
  return records.values();
}

function apply(record: StreamRecord, event: StoredEvent, place: Place): void {
  if (event.flags & EventFlag.Tombstone) {
    if (!record.tombstoned) record.putInTail(record.tailPlaces, place);
    record.tombstoned = true;
  } else if (event.revision > record.lastRevision) {
    record.putInTail(event.revision % chunkPlaces, place);
    record.lastRevision = event.revision;
  }
}

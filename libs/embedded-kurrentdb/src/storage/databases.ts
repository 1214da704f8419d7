import type { BinaryDatabase, EmbeddedStore } from '@daybook/embedded-store';
import { blockKey, chunkKey, longNameKey, streamKey } from './layout';
import { readHead } from './log-head';
import { replayed } from './replay';
import { StoredEvent } from './stored-event';
import { nameBytes, streamKeyOf } from './stream-name';
import { getPlace, StreamRecord, type Place } from './stream-record';
import { UnsavedRecords } from './unsaved-records';

/** With what the types of LMDB leave out. */
export interface FastDatabase extends BinaryDatabase {
  /** Size of the value that the last get found. */
  lastSize: number;
}

/** The databases of a store and the look-ups that readers and the writer share. */
export class Databases {
  readonly log: FastDatabase;
  readonly streams: FastDatabase;
  readonly index: FastDatabase;
  readonly state: FastDatabase;

  /**
   * Grows with every look-up: whoever holds a block knows by it whether the memory is still his.
   */
  lookups = 0;

  readonly unsaved: UnsavedRecords;

  constructor(store: EmbeddedStore, generationBytes?: number) {
    this.log = store.openDatabase('log') as FastDatabase;
    this.streams = store.openDatabase('streams') as FastDatabase;
    this.index = store.openDatabase('index') as FastDatabase;
    this.state = store.openDatabase('state') as FastDatabase;
    const { savedTo } = readHead(this.state);
    this.unsaved = new UnsavedRecords(savedTo, generationBytes);
    for (const record of replayed(this, savedTo)) this.unsaved.add(record);
  }

  /** The stream's record as committed. */
  streamRecord(key: string): StreamRecord | undefined {
    const unsaved = this.unsaved.get(key);
    if (unsaved) return StreamRecord.decode(key, unsaved, unsaved.length);
    this.lookups++;
    const bytes = this.streams.getBinaryFast(streamKey(nameBytes(key)));
    return bytes && StreamRecord.decode(key, bytes, this.streams.lastSize);
  }

  /** Every stream's record but for those of names so long that the database has only their hash. */
  *streamRecords(): Iterable<StreamRecord> {
    const unsaved = this.unsaved.keys;
    for (const { key, value } of this.streams.getRange({})) {
      if (key[0] === longNameKey) continue;
      const stream = streamKeyOf(Buffer.from(key));
      if (!unsaved.has(stream)) {
        yield StreamRecord.decode(stream, Buffer.from(value), value.length);
      }
    }
    for (const key of unsaved) yield this.streamRecord(key)!;
  }

  /** The block of that key; only valid until the next look-up in any database. */
  block(position: number): Buffer | undefined {
    this.lookups++;
    const bytes = this.log.getBinaryFast(blockKey(position));
    return bytes?.subarray(0, this.log.lastSize);
  }

  /** The event at a place; only valid until the next look-up in any database. */
  eventAt(place: Place): StoredEvent | undefined {
    const block = this.block(place.block);
    return block && new StoredEvent(block, place.index);
  }

  /** A copy of an index entry. */
  chunk(streamNumber: number, chunk: number): Buffer | undefined {
    this.lookups++;
    const bytes = this.index.getBinaryFast(chunkKey(streamNumber, chunk));
    return bytes && Buffer.from(bytes.subarray(0, this.index.lastSize));
  }

  /** Where an event of the stream lies; undefined when it was scavenged or never was. */
  place(record: StreamRecord, revision: number): Place | undefined {
    if (revision < 0 || revision > record.lastRevision) return undefined;
    const chunk = Math.floor(revision / 16);
    if (chunk === record.tailChunk) return record.placeInTail(revision % 16);
    const places = this.chunk(record.number, chunk);
    return places && getPlace(places, revision % 16);
  }
}

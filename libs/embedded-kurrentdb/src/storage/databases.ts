import type { BinaryDatabase, EmbeddedStore } from '@daybook/embedded-store';
import { blockKey, chunkKey, streamKey } from './layout';
import { StoredEvent } from './stored-event';
import { getPlace, StreamRecord, type Place } from './stream-record';

interface FastDatabase extends BinaryDatabase {
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

  constructor(store: EmbeddedStore) {
    this.log = store.openDatabase('log') as FastDatabase;
    this.streams = store.openDatabase('streams') as FastDatabase;
    this.index = store.openDatabase('index') as FastDatabase;
    this.state = store.openDatabase('state') as FastDatabase;
  }

  /**
   * The stream's record as committed (or, inside the writer's transaction, as written so far).
   */
  streamRecord(name: Buffer): StreamRecord | undefined {
    this.lookups++;
    const bytes = this.streams.getBinaryFast(streamKey(name));
    return bytes && StreamRecord.decode(name, bytes, this.streams.lastSize);
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
    if (chunk === record.tailChunk) return getPlace(record.tail, revision % 16);
    const places = this.chunk(record.number, chunk);
    return places && getPlace(places, revision % 16);
  }
}

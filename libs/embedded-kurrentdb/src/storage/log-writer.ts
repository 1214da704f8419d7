import { randomUUID } from 'node:crypto';
import { BlockBuilder } from './block-builder';
import { Clock } from './clock';
import type { Databases } from './databases';
import type { LinkStreams } from './link-streams';
import { Generations } from './generations';
import type { KnownEventIds } from './known-event-ids';
import { blockKey, chunkKey, chunkPlaces, firstPosition, logBytes, streamKey } from './layout';
import { EventFlag, logBytesOf, type ProposedEvent, type StoredEvent } from './stored-event';
import { parseStreamLimits, undeletedMetadata } from './stream-metadata';
import { putPlace, StreamRecord } from './stream-record';
import { decodeRecordedEvent } from './recorded-event';

const recordsCachedMax = 10_000;
const headKey = Buffer.from('head');
const metadataType = Buffer.from('$metadata');
const linkType = Buffer.from('$>');
const noBytes = Buffer.alloc(0);
const dollar = 0x24;

/** Where and how an event was written. */
export interface Written {
  readonly revision: number;
  readonly position: number;
}

/**
 * The writing side of the log, used only inside the group's transaction. What it caches may be
 * ahead of what is durable, so readers never look at it; a failed commit poisons the store and
 * ends its use.
 */
export class LogWriter {
  private readonly cached = new Generations<StreamRecord>(recordsCachedMax);
  private readonly dirty = new Set<StreamRecord>();
  private touched = new Set<string>();
  private readonly blocks = new BlockBuilder();
  private nextStream = 1;
  private readonly clock = new Clock();
  nextPosition = firstPosition;
  /** Events ever written, scavenged ones included. */
  eventCount = 0;

  constructor(
    private readonly db: Databases,
    readonly knownIds: KnownEventIds,
    private readonly links?: LinkStreams,
  ) {
    const head = db.state.getBinary(headKey);
    if (!head) return;
    this.nextPosition = head.readUIntBE(0, 6);
    this.nextStream = head.readUIntBE(6, 6);
    this.eventCount = head.readUIntBE(12, 6);
    this.clock.advanceTo(head.readDoubleBE(18));
  }

  /** Streams that were ever named, in number. */
  get streamCount(): number {
    return this.nextStream - 1;
  }

  /** The stream's record, or undefined when neither it nor its metadata was ever written. */
  find(name: Buffer): StreamRecord | undefined {
    const key = name.toString('latin1');
    const cached = this.cached.use(key);
    if (cached) return cached;
    const stored = this.db.streamRecord(Buffer.from(name));
    if (stored) this.cached.set(key, stored);
    return stored;
  }

  /** The stream's record, made when it is new. */
  obtain(name: Buffer): StreamRecord {
    const found = this.find(name);
    if (found) return found;
    // A copy: the name is a view of a received message, which would be kept alive whole.
    const record = new StreamRecord(Buffer.from(name), this.nextStream++);
    if (isMetadataStream(name)) record.limits = { maxCount: 1 };
    this.cached.set(name.toString('latin1'), record);
    return record;
  }

  /** The event of that revision, also when it was written in this very transaction. */
  event(record: StreamRecord, revision: number): StoredEvent | undefined {
    const place = this.db.place(record, revision);
    if (!place) return undefined;
    return this.blocks.event(place) ?? this.db.eventAt(place);
  }

  /** Appends one event to the stream and to the log. */
  write(record: StreamRecord, event: ProposedEvent): Written {
    const revision = record.lastRevision + 1;
    const metadata = isMetadataStream(record.name);
    const flags =
      (event.type.equals(linkType) ? EventFlag.Link : 0) |
      (metadata ? EventFlag.Metadata : 0) |
      (event.contentType === 'application/json' ? EventFlag.Json : 0);
    const { position, place } = this.encode(record, event, revision, flags);
    putPlace(record.tail, revision % chunkPlaces, place);
    record.lastRevision = revision;
    if (record.tailPlaces === 0) {
      const chunk = Math.floor(revision / chunkPlaces);
      this.db.index.putSync(chunkKey(record.number, chunk), Buffer.from(record.tail));
    }
    this.changed(record);
    this.knownIds.add(event.id, record.number, revision);
    if (metadata) this.applyMetadata(record.name, event.data);
    this.links?.note(record.name, revision, event);
    return { revision, position };
  }

  /** Marks the stream as deleted for ever and writes the event that says so. */
  tombstone(record: StreamRecord): Written {
    const event: ProposedEvent = {
      id: randomUUID(),
      type: Buffer.from('$streamDeleted'),
      contentType: 'application/octet-stream',
      metadata: noBytes,
      data: noBytes,
    };
    const { position, place } = this.encode(record, event, 0, EventFlag.Tombstone);
    putPlace(record.tail, record.tailPlaces, place);
    record.tombstoned = true;
    this.changed(record);
    return { revision: -1, position };
  }

  /** Writes a metadata event to the stream's metadata stream. */
  writeMetadata(name: Buffer, data: Buffer): Written {
    const metastream = this.obtain(metadataStreamOf(name));
    const contentType = 'application/json';
    const id = randomUUID();
    return this.write(metastream, { id, type: metadataType, contentType, metadata: noBytes, data });
  }

  /** Makes a soft-deleted stream readable again from its next event on. */
  undelete(record: StreamRecord): void {
    const metastream = this.obtain(metadataStreamOf(record.name));
    const newest = this.event(metastream, metastream.lastRevision);
    const json = newest ? decodeRecordedEvent(newest.record).data : Buffer.from('{}');
    const metadata = undeletedMetadata(json, record.lastRevision + 1);
    if (metadata) this.writeMetadata(record.name, metadata);
  }

  /** An append without events takes a position and nothing else, as in the original. */
  writeNothing(name: Buffer): number {
    const position = this.nextPosition;
    this.nextPosition += logBytes(name.length, 0, 0, 0);
    return position;
  }

  /** Writes what the group collected; the last thing in its transaction. */
  flush(): void {
    const { log, streams, state } = this.db;
    for (const { stream, event } of this.links?.take() ?? [])
      this.write(this.obtain(stream), event);
    for (const { position, bytes } of this.blocks.finished()) {
      log.putSync(blockKey(position), bytes, { append: true });
    }
    for (const record of this.dirty) streams.putSync(streamKey(record.name), record.encode());
    const head = Buffer.alloc(26);
    head.writeUIntBE(this.nextPosition, 0, 6);
    head.writeUIntBE(this.nextStream, 6, 6);
    head.writeUIntBE(this.eventCount, 12, 6);
    head.writeDoubleBE(this.clock.lastMs, 18);
    state.putSync(headKey, head);
  }

  /**
   * Forgets the group and says which streams it wrote to (names as latin1 text of their bytes).
   */
  takeTouched(): Set<string> {
    const touched = this.touched;
    this.touched = new Set();
    this.dirty.clear();
    this.blocks.clear();
    // Between groups only: a record dropped within one would be read back stale.
    this.cached.age();
    return touched;
  }

  private encode(record: StreamRecord, event: ProposedEvent, revision: number, flags: number) {
    const { ms, ticks } = this.clock.next();
    const position = this.nextPosition;
    const given = {
      streamName: record.name,
      streamNumber: record.number,
      revision,
      position,
      createdMs: ms,
      createdTicks: ticks,
      flags,
    };
    const place = this.blocks.add(event, given);
    this.eventCount++;
    this.nextPosition += logBytesOf(record.name, event);
    return { position, place };
  }

  private applyMetadata(metastreamName: Buffer, json: Buffer): void {
    const base = metastreamName.subarray(2);
    const record = this.obtain(base);
    record.hasMetadata = true;
    if (!isMetadataStream(base)) record.limits = parseStreamLimits(json);
    this.changed(record);
  }

  private changed(record: StreamRecord): void {
    this.dirty.add(record);
    this.touched.add(record.name.toString('latin1'));
  }
}

/** Whether the stream holds the metadata of another one. */
export function isMetadataStream(name: Buffer): boolean {
  return name.length > 2 && name[0] === dollar && name[1] === dollar;
}

/** The name of the stream that holds a stream's metadata. */
export function metadataStreamOf(name: Buffer): Buffer {
  return Buffer.concat([Buffer.from('$$'), name]);
}

import { randomUUID } from 'node:crypto';
import { BlockBuilder } from './block-builder';
import { Clock } from './clock';
import type { Databases } from './databases';
import type { LinkStreams } from './link-streams';
import { Generations } from './generations';
import type { KnownEventIds } from './known-event-ids';
import { logBytesOf } from './event-frame';
import type { EventKind } from './event-kind';
import { blockKey, chunkKey, chunkPlaces, logBytes, streamKey } from './layout';
import { readHead, writeHead } from './log-head';
import { EventFlag, kindOf, type ProposedEvent, type StoredEvent } from './stored-event';
import { limitsOf, undeletedMetadata } from './stream-metadata';
import { baseOf, metadataStreamOf, nameBytes, streamKeyOf } from './stream-name';
import { StreamRecord } from './stream-record';
import { decodeRecordedEvent } from './recorded-event';
import type { CommittedGroup } from './watchers';

const recordsCachedMax = 10_000;
const metadataType = Buffer.from('$metadata');
const noBytes = Buffer.alloc(0);

/**
 * The writing side of the log, used only inside the group's transaction. What it caches may be
 * ahead of what is durable, so readers never look at it; a failed commit poisons the store and
 * ends its use.
 */
export class LogWriter {
  private readonly cached = new Generations<StreamRecord>(recordsCachedMax);
  private changes: StreamRecord[] = [];
  private kinds = new Set<EventKind>();
  private readonly blocks = new BlockBuilder();
  private nextStream: number;
  private readonly clock = new Clock();
  private savesAll = false;
  /** Where the log ended after the last group, and how many events it had. */
  private lastEnd: number;
  private lastCount: number;
  /** Position of the last event of this process. */
  private lastPosition = 0;
  nextPosition: number;
  /** Events ever written, scavenged ones included. */
  eventCount: number;

  constructor(
    private readonly db: Databases,
    readonly knownIds: KnownEventIds,
    private readonly links?: LinkStreams,
  ) {
    const head = readHead(db.state);
    this.nextPosition = this.lastEnd = head.nextPosition;
    this.nextStream = head.nextStream;
    this.eventCount = this.lastCount = head.eventCount;
    this.clock.advanceTo(head.clockMs);
  }

  /** Streams that were ever named, in number. */
  get streamCount(): number {
    return this.nextStream - 1;
  }

  /** The stream's record, or undefined when neither it nor its metadata was ever written. */
  find(key: string): StreamRecord | undefined {
    const cached = this.cached.use(key);
    if (cached) return cached;
    const stored = this.db.streamRecord(key);
    if (stored) this.cached.set(key, stored);
    return stored;
  }

  /** The stream's record, made when it is new. */
  obtain(key: string): StreamRecord {
    return this.find(key) ?? this.create(key);
  }

  /** The record of a stream that `find` did not find. */
  create(key: string): StreamRecord {
    const record = new StreamRecord(key, this.nextStream++);
    this.cached.set(key, record);
    return record;
  }

  /** The event of that revision, also when it was written in this very transaction. */
  event(record: StreamRecord, revision: number): StoredEvent | undefined {
    const place = this.db.place(record, revision);
    if (!place) return undefined;
    return this.blocks.event(place) ?? this.db.eventAt(place);
  }

  /** Appends one event to the stream and to the log; returns its position. */
  write(record: StreamRecord, event: ProposedEvent): number {
    const revision = record.lastRevision + 1;
    const kind = kindOf(event);
    const flags =
      (kind.link ? EventFlag.Link : 0) |
      (record.holdsMetadata ? EventFlag.Metadata : 0) |
      (kind.json ? EventFlag.Json : 0);
    const index = revision % chunkPlaces;
    const position = this.encode(record, event, kind, revision, flags, index);
    record.lastRevision = revision;
    if (index === chunkPlaces - 1) {
      const chunk = Math.floor(revision / chunkPlaces);
      this.db.index.putSync(chunkKey(record.number, chunk), record.tail);
    }
    this.changed(record);
    this.knownIds.add(event.id, record.number, revision);
    if (record.holdsMetadata) this.applyMetadata(record.key, event.data);
    this.links?.note(record.name, revision, event);
    return position;
  }

  /** Marks the stream as deleted for ever and writes the event that says so; its position. */
  tombstone(record: StreamRecord): number {
    const event: ProposedEvent = {
      id: randomUUID(),
      type: Buffer.from('$streamDeleted'),
      contentType: 'application/octet-stream',
      metadata: noBytes,
      data: noBytes,
    };
    const index = record.tailPlaces;
    const position = this.encode(record, event, kindOf(event), 0, EventFlag.Tombstone, index);
    record.tombstoned = true;
    this.changed(record);
    return position;
  }

  /** Writes a metadata event to the stream's metadata stream. */
  writeMetadata(key: string, data: Buffer): number {
    const metastream = this.obtain(metadataStreamOf(key));
    const contentType = 'application/json';
    const id = randomUUID();
    return this.write(metastream, { id, type: metadataType, contentType, metadata: noBytes, data });
  }

  /** Makes a soft-deleted stream readable again from its next event on. */
  undelete(record: StreamRecord): void {
    const metastream = this.obtain(metadataStreamOf(record.key));
    const newest = this.event(metastream, metastream.lastRevision);
    const json = newest ? decodeRecordedEvent(newest.record).data : Buffer.from('{}');
    const metadata = undeletedMetadata(json, record.lastRevision + 1);
    if (metadata) this.writeMetadata(record.key, metadata);
  }

  /** An append without events takes a position and nothing else, as in the original. */
  writeNothing(key: string): number {
    const position = this.nextPosition;
    this.nextPosition += logBytes(key.length, 0, 0, 0);
    return position;
  }

  /** Whether a start would have to replay some of the log. */
  get hasUnsaved(): boolean {
    return this.db.unsaved.savedTo < this.nextPosition;
  }

  /** Lets this group save every stream's record; returns where the log ended before it. */
  saveAll(): number {
    this.savesAll = true;
    return this.lastEnd;
  }

  /** Writes what the group collected; the last thing in its transaction. */
  flush(): void {
    for (const { stream, event } of this.links?.take() ?? []) {
      this.write(this.obtain(streamKeyOf(stream)), event);
    }
    for (const { position, bytes } of this.blocks.finished()) {
      this.db.log.putSync(blockKey(position), bytes, { append: true });
    }
    this.saveRecords();
    writeHead(this.db.state, {
      nextPosition: this.nextPosition,
      nextStream: this.nextStream,
      eventCount: this.eventCount,
      clockMs: this.clock.lastMs,
      savedTo: this.db.unsaved.savedTo,
    });
  }

  /** Forgets the group, which is durable, and says what it was. */
  committed(): CommittedGroup {
    const group = {
      start: this.lastEnd,
      end: this.nextPosition,
      last: this.lastPosition,
      eventCount: this.eventCount - this.lastCount,
      streams: this.changes,
      kinds: this.kinds,
    };
    for (const record of this.changes) record.changed = false;
    this.changes = [];
    this.kinds = new Set();
    this.db.unsaved.committed(this.nextPosition);
    this.lastEnd = this.nextPosition;
    this.lastCount = this.eventCount;
    this.blocks.clear();
    // Between groups only: a record dropped within one would be read back stale.
    this.cached.age();
    return group;
  }

  private saveRecords(): void {
    const { unsaved } = this.db;
    const put = (key: string, record: Buffer): void =>
      void this.db.streams.putSync(streamKey(nameBytes(key)), record);
    for (const record of this.changes) {
      unsaved.change(record);
      // Of a stream that only has metadata the log does not tell the number.
      if (record.lastRevision < 0 && !record.tombstoned) unsaved.putLast(put);
    }
    if (this.savesAll) unsaved.saveAll(this.nextPosition, put);
    else unsaved.save(this.nextPosition - this.lastEnd, put);
    this.savesAll = false;
  }

  /** Writes the event and puts its place into the record's tail; returns its position. */
  private encode(
    record: StreamRecord,
    event: ProposedEvent,
    kind: EventKind,
    revision: number,
    flags: number,
    index: number,
  ): number {
    const position = this.nextPosition;
    const given = {
      stream: record.key,
      streamNumber: record.number,
      revision,
      position,
      created: this.clock.next(),
      flags,
      logBytes: logBytesOf(record.key.length, event),
    };
    record.putInTail(index, this.blocks.add(event, kind, given));
    this.kinds.add(kind);
    this.eventCount++;
    this.lastPosition = position;
    this.nextPosition += given.logBytes;
    return position;
  }

  private applyMetadata(metastream: string, json: Buffer): void {
    const record = this.obtain(baseOf(metastream));
    record.hasMetadata = true;
    record.limits = limitsOf(record.key, json);
    this.changed(record);
  }

  private changed(record: StreamRecord): void {
    if (record.changed) return;
    record.changed = true;
    this.changes.push(record);
  }
}

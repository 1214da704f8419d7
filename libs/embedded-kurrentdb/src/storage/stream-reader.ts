import type { Databases } from './databases';
import type { EventSink } from './event-sink';
import { chunkPlaces } from './layout';
import { oldestReadableMs } from './readable';
import { StoredEvent } from './stored-event';
import { baseOf, isMetadataStream, streamKeyOf } from './stream-name';
import { getPlace, type StreamRecord } from './stream-record';

/** A stream as readers see it. */
export type StreamView =
  | { readonly kind: 'none' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'readable'; readonly record: StreamRecord };

/** Reads committed events of one stream through the index. */
export class StreamReader {
  constructor(private readonly db: Databases) {}

  /** What a read of the stream finds now; a soft-deleted stream is none. */
  view(name: Buffer): StreamView {
    const key = streamKeyOf(name);
    const record = this.db.streamRecord(key);
    if (record?.tombstoned) return { kind: 'deleted' };
    if (isMetadataStream(key) && this.db.streamRecord(baseOf(key))?.tombstoned) {
      return { kind: 'deleted' };
    }
    if (!record || record.lastRevision < 0 || record.softDeleted) return { kind: 'none' };
    return { kind: 'readable', record };
  }

  /** The newest revision that exists, deleted or not; -1 when there is none. */
  lastRevision(name: Buffer): number {
    return this.db.streamRecord(streamKeyOf(name))?.lastRevision ?? -1;
  }

  /** The event that marks the stream's tombstone; valid until the next look-up. */
  tombstone(name: Buffer): StoredEvent | undefined {
    const record = this.db.streamRecord(streamKeyOf(name));
    const place = record?.tombstoned ? record.placeInTail(record.tailPlaces) : undefined;
    const event = place && this.db.eventAt(place);
    event?.verify();
    return event;
  }

  /**
   * Gives the readable events from `from` on to the sink; returns the revision to go on from.
   * `released` is called before the memory of events that the sink was given is used again.
   */
  forwards(record: StreamRecord, from: number, sink: EventSink, released?: () => void): number {
    const first = Math.max(from, record.firstRevision, this.youngEnough(record));
    const places = new PlaceCursor(this.db, record, released);
    for (let revision = first; revision <= record.lastRevision; revision++) {
      const event = places.event(revision);
      if (event && !sink(event)) return revision + 1;
    }
    return Math.max(from, record.lastRevision + 1);
  }

  /** Gives the readable events from `from` down to the sink; otherwise as `forwards`. */
  backwards(record: StreamRecord, from: number, sink: EventSink, released?: () => void): number {
    const last = Math.max(record.firstRevision, this.youngEnough(record));
    const places = new PlaceCursor(this.db, record, released);
    for (let revision = Math.min(from, record.lastRevision); revision >= last; revision--) {
      const event = places.event(revision);
      if (event && !sink(event)) return revision - 1;
    }
    return -1;
  }

  /**
   * The event of a revision when it can be read, for resolving links; valid until the next look-
   * up.
   */
  readable(name: Buffer, revision: number): StoredEvent | undefined {
    const view = this.view(name);
    if (view.kind !== 'readable') return undefined;
    const { record } = view;
    if (revision < record.firstRevision || revision > record.lastRevision) return undefined;
    const event = new PlaceCursor(this.db, record).event(revision);
    return event && event.createdMs >= oldestReadableMs(record, Date.now()) ? event : undefined;
  }

  /**
   * The first revision young enough for the stream's maximum age; stamps only grow, so by halving.
   */
  private youngEnough(record: StreamRecord): number {
    if (record.limits.maxAgeSeconds === undefined) return 0;
    const oldest = oldestReadableMs(record, Date.now());
    const places = new PlaceCursor(this.db, record);
    let low = record.firstRevision;
    let high = record.lastRevision + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const event = places.event(middle);
      if (!event || event.createdMs < oldest) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Finds events of one stream by revision and keeps the block and the index entry it read last.
 */
class PlaceCursor {
  private chunk = -1;
  private places: Buffer | undefined;
  private blockKey = -1;
  private block: Buffer | undefined;
  private lookups = 0;

  constructor(
    private readonly db: Databases,
    private readonly record: StreamRecord,
    private readonly released?: () => void,
  ) {}

  event(revision: number): StoredEvent | undefined {
    const chunk = Math.floor(revision / chunkPlaces);
    if (chunk !== this.chunk) {
      this.released?.();
      this.chunk = chunk;
      this.places =
        chunk === this.record.tailChunk
          ? this.record.tail
          : this.db.chunk(this.record.number, chunk);
    }
    const place = this.places && getPlace(this.places, revision % chunkPlaces);
    if (!place) return undefined;
    if (place.block !== this.blockKey || this.db.lookups !== this.lookups) {
      this.released?.();
      this.block = this.db.block(place.block);
      this.blockKey = place.block;
      this.lookups = this.db.lookups;
    }
    const event = this.block && new StoredEvent(this.block, place.index);
    if (!event || event.scavenged) return undefined;
    event.verify();
    return event;
  }
}

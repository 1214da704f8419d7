import type { Databases } from './databases';
import type { EventSink } from './event-sink';
import { blockKey, firstPosition } from './layout';
import { eventsIn, StoredEvent } from './stored-event';

/** How far a page of the log came. */
export interface LogPage {
  /** Where the next page begins: inclusive forwards, exclusive backwards. */
  readonly next: number;
  /** The log's end (or start) was reached. */
  readonly done: boolean;
}

const scannedBytesMax = 256 * 1024;

/** Reads committed events of the whole log in order of their positions. */
export class LogReader {
  constructor(
    private readonly db: Databases,
    /** The first position behind everything committed. */
    public end: number,
  ) {}

  /**
   * Whether a client may name this position: an event's, one between events, or one beyond the
   * end; not one inside an event or before the first.
   */
  isPosition(position: number): boolean {
    if (position === 0 || position >= this.end) return true;
    if (position < firstPosition) return false;
    const start = this.blockBefore(position);
    const block = start === undefined ? undefined : this.db.block(start);
    if (!block) return true;
    for (let i = 0; i < eventsIn(block); i++) {
      const event = new StoredEvent(block, i);
      if (event.position >= position) return true;
      if (event.nextPosition > position) return false;
    }
    return true;
  }

  /**
   * Gives the events from `from` (inclusive) on to the sink until it has enough, the log ends or a
   * bound on what one call scans is met: then call again, after letting others have their turn.
   * `released` is called before the memory of events that the sink was given is used again.
   */
  forwards(from: number, sink: EventSink, released?: () => void): LogPage {
    let scanned = 0;
    let next = from;
    let key = this.blockBefore(from);
    while (scanned < scannedBytesMax) {
      let block = key === undefined ? undefined : this.db.block(key);
      if (!block) {
        key = next < this.end ? this.blockAfter(next) : undefined;
        if (key === undefined) return { next, done: true };
        block = this.db.block(key);
        if (!block) return { next, done: true };
      }
      const { lookups } = this.db;
      const count = eventsIn(block);
      let behind = 0;
      let owned = false;
      for (let i = 0; i < count; i++) {
        // A sink that looked something up has overwritten the block.
        if (!owned && this.db.lookups !== lookups) {
          block = Buffer.from(this.db.block(key!)!);
          owned = true;
        }
        const event = new StoredEvent(block, i);
        behind = event.nextPosition;
        if (event.position < from) continue;
        next = behind;
        if (event.scavenged) continue;
        event.verify();
        if (!sink(event)) {
          released?.();
          return { next, done: false };
        }
      }
      // The first block may end before `from`: then it is no progress, however large it is.
      if (next > from) scanned += block.length;
      released?.();
      key = behind;
    }
    return { next, done: false };
  }

  /**
   * Gives the events before `from` (exclusive) to the sink, newest first; otherwise as `forwards`.
   */
  backwards(from: number, sink: EventSink): LogPage {
    let scanned = 0;
    let next = from;
    const start = blockKey(Math.min(from, this.end));
    for (const { value: block } of this.db.log.getRange({ start, reverse: true })) {
      for (let i = eventsIn(block) - 1; i >= 0; i--) {
        const event = new StoredEvent(block, i);
        if (event.position >= from) continue;
        next = event.position;
        if (event.scavenged) continue;
        event.verify();
        if (!sink(event)) return { next, done: false };
      }
      if (next < from) scanned += block.length;
      if (scanned >= scannedBytesMax) return { next, done: false };
    }
    return { next, done: true };
  }

  /** Key of the block that holds the position or lies before it. */
  private blockBefore(position: number): number | undefined {
    return this.seek({ start: blockKey(Math.min(position, this.end)), reverse: true, limit: 1 });
  }

  /** Key of the first block at the position or behind it. */
  private blockAfter(position: number): number | undefined {
    return this.seek({ start: blockKey(position), limit: 1 });
  }

  private seek(range: { start: Buffer; reverse?: boolean; limit: number }): number | undefined {
    for (const key of this.db.log.getKeys(range)) return Buffer.from(key).readUIntBE(0, 6);
    return undefined;
  }
}

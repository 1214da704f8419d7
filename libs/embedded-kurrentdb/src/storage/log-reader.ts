import type { Databases } from './databases';
import type { EventSink } from './event-sink';
import { blockKey, firstPosition } from './layout';
import { StoredEvent } from './stored-event';

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
   * Whether a client may name this position: an event's, one between events, or one beyond the end; not one
   * inside an event or before the first.
   */
  isPosition(position: number): boolean {
    if (position === 0 || position >= this.end) return true;
    if (position < firstPosition) return false;
    const start = this.blockBefore(position);
    const block = start === undefined ? undefined : this.db.block(start);
    for (let at = 0; block && at < block.length; ) {
      const event = new StoredEvent(block, at);
      if (event.position >= position) return event.position === position || at === 0;
      if (event.nextPosition > position) return false;
      at = event.end;
    }
    return true;
  }

  /**
   * Gives the events from `from` (inclusive) on to the sink until it has enough, the log ends or a bound
   * on what one call scans is met: then call again, after letting others have their turn.
   */
  forwards(from: number, sink: EventSink): LogPage {
    let scanned = 0;
    let next = from;
    const start = blockKey(this.blockBefore(from) ?? 0);
    for (const { value: block } of this.db.log.getRange({ start })) {
      for (let at = 0; at < block.length; ) {
        const event = new StoredEvent(block, at);
        at = event.end;
        if (event.position < from) continue;
        next = event.nextPosition;
        if (!sink(event)) return { next, done: false };
      }
      // The first block may end before `from`: then it is no progress, however large it is.
      if (next > from) scanned += block.length;
      if (scanned >= scannedBytesMax) return { next, done: false };
    }
    return { next, done: true };
  }

  /** Gives the events before `from` (exclusive) to the sink, newest first; otherwise as `forwards`. */
  backwards(from: number, sink: EventSink): LogPage {
    let scanned = 0;
    let next = from;
    const start = blockKey(Math.min(from, this.end));
    for (const { value: block } of this.db.log.getRange({ start, reverse: true })) {
      const events: StoredEvent[] = [];
      for (let at = 0; at < block.length; ) {
        const event = new StoredEvent(block, at);
        at = event.end;
        if (event.position < from) events.push(event);
      }
      for (const event of events.reverse()) {
        next = event.position;
        if (!sink(event)) return { next, done: false };
      }
      if (next < from) scanned += block.length;
      if (scanned >= scannedBytesMax) return { next, done: false };
    }
    return { next, done: true };
  }

  /** Key of the block that holds the position or lies before it. */
  private blockBefore(position: number): number | undefined {
    const start = blockKey(Math.min(position, this.end));
    for (const key of this.db.log.getKeys({ start, reverse: true, limit: 1 })) {
      return Buffer.from(key).readUIntBE(0, 6);
    }
    return undefined;
  }
}

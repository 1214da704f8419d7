import type { StoredEvent } from './stored-event';

const initialBytes = 16 * 1024;

/** Collects the framed events of one write to a client; bounded, but for one event larger than that. */
export class Page {
  private buffer = Buffer.alloc(0);
  private used = 0;
  /** Events collected so far. */
  count = 0;

  constructor(
    readonly countMax: number,
    readonly bytesMax: number,
  ) {}

  get full(): boolean {
    return this.count >= this.countMax || this.used >= this.bytesMax;
  }

  /** Adds an event's frame as it is stored. */
  add(event: StoredEvent): void {
    const { frame } = event;
    this.room(frame.length);
    this.used += frame.copy(this.buffer, this.used);
    this.count++;
  }

  /** Adds a frame that was made for this client. */
  addFrame(frame: Buffer): void {
    this.addMessage(frame);
    this.count++;
  }

  /** Adds a message that is no event and does not count. */
  addMessage(frame: Buffer): void {
    this.room(frame.length);
    this.used += frame.copy(this.buffer, this.used);
  }

  /** What was collected; the page must not be used again. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  private room(bytes: number): void {
    const needed = this.used + bytes;
    if (needed <= this.buffer.length) return;
    const size = Math.max(initialBytes, this.buffer.length * 2, needed);
    // Not zeroed: every byte that is sent was written, and only those are.
    const larger = Buffer.allocUnsafe(size);
    this.buffer.copy(larger, 0, 0, this.used);
    this.buffer = larger;
  }
}

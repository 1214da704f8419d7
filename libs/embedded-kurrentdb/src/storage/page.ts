import type { StoredEvent } from './stored-event';

/**
 * Memory that pages give back: small ones for short answers, large ones for the pages of long
 * reads.
 */
class PagePool {
  private readonly free: Buffer[] = [];

  constructor(
    readonly bytes: number,
    private readonly freeMax: number,
  ) {}

  /** Old bytes may be in it; only what a page wrote is ever sent. */
  take(): Buffer {
    return this.free.pop() ?? Buffer.alloc(this.bytes);
  }

  give(buffer: Buffer): void {
    if (this.free.length < this.freeMax) this.free.push(buffer);
  }
}

const small = new PagePool(8 * 1024, 256);
const large = new PagePool(128 * 1024, 64);

/**
 * Collects the framed events of one write to a client; bounded, but for one event larger than
 * that.
 */
export class Page {
  private buffer: Buffer | undefined;
  private used = 0;
  private run: { block: Buffer; start: number; end: number } | undefined;
  /** Events collected so far. */
  count = 0;

  constructor(
    readonly countMax: number,
    readonly bytesMax: number,
  ) {}

  get full(): boolean {
    if (this.count >= this.countMax) return true;
    const run = this.run ? this.run.end - this.run.start : 0;
    return this.used + run >= this.bytesMax;
  }

  /**
   * Adds an event's frame as it is stored. Neighbours are copied together, so `settle` has to be
   * called before the memory of the block is used again.
   */
  add(event: StoredEvent): void {
    this.count++;
    const { run } = this;
    if (run && run.block === event.block && run.end === event.frameStart) {
      run.end = event.frameEnd;
      return;
    }
    this.settle();
    this.run = { block: event.block, start: event.frameStart, end: event.frameEnd };
  }

  /** Copies what was added as a view. */
  readonly settle = (): void => {
    const { run } = this;
    if (!run) return;
    this.run = undefined;
    const buffer = this.room(run.end - run.start);
    this.used += run.block.copy(buffer, this.used, run.start, run.end);
  };

  /** Adds a frame that was made for this client. */
  addFrame(frame: Buffer): void {
    this.addMessage(frame);
    this.count++;
  }

  /** Adds a message that is no event and does not count. */
  addMessage(frame: Buffer): void {
    this.settle();
    const buffer = this.room(frame.length);
    this.used += frame.copy(buffer, this.used);
  }

  get empty(): boolean {
    return this.used === 0 && !this.run;
  }

  /** What was collected; nothing may be added after that. */
  get bytes(): Buffer {
    this.settle();
    return (this.buffer ?? Buffer.alloc(0)).subarray(0, this.used);
  }

  /** Gives the memory back once its bytes were sent; other pages will write over it. */
  readonly release = (): void => {
    const { buffer } = this;
    this.buffer = undefined;
    if (buffer?.length === small.bytes) small.give(buffer);
    else if (buffer?.length === large.bytes) large.give(buffer);
  };

  /** Memory with room for so much more. */
  private room(bytes: number): Buffer {
    const { buffer } = this;
    const needed = this.used + bytes;
    if (buffer && needed <= buffer.length) return buffer;
    const larger = memoryFor(needed);
    buffer?.copy(larger, 0, 0, this.used);
    this.release();
    return (this.buffer = larger);
  }
}

function memoryFor(bytes: number): Buffer {
  if (bytes <= small.bytes) return small.take();
  return bytes <= large.bytes ? large.take() : Buffer.alloc(Math.ceil(bytes * 1.5));
}

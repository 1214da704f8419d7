import { frameBytesMax, type Assigned } from './event-frame';
import type { EventKind } from './event-kind';
import { blockBytes } from './layout';
import {
  assembleBlock,
  blockBytesOf,
  encodeEvent,
  headerBytes,
  setFrameStart,
  StoredEvent,
  type ProposedEvent,
} from './stored-event';
import type { Place } from './stream-record';

const scratchBytes = 1024 * 1024;
const scratchBytesKept = 8 * 1024 * 1024;

/** A block of the running group: parts of the buffers for headers and frames. */
interface PendingBlock {
  readonly position: number;
  readonly headers: number;
  readonly frames: number;
  count: number;
  framesEnd: number;
}

/** Encodes the events of one group commit into blocks, in memory that is used again. */
export class BlockBuilder {
  private frames: Buffer = Buffer.alloc(scratchBytes);
  private framesUsed = 0;
  private headers: Buffer = Buffer.alloc(scratchBytes / 8);
  private headersUsed = 0;
  private assembled: Buffer = Buffer.alloc(blockBytes);
  private readonly blocks = new Map<number, PendingBlock>();
  private block: PendingBlock | undefined;

  /** Adds the event behind the others and says where it will lie. */
  add(event: ProposedEvent, kind: EventKind, given: Assigned): Place {
    this.frames = withRoom(this.frames, this.framesUsed, frameBytesMax(event, kind, given));
    this.headers = withRoom(this.headers, this.headersUsed, headerBytes);
    const { frames, headers, framesUsed: frameAt, headersUsed: headerAt } = this;
    const end = encodeEvent({ headers, headerAt, frames, frameAt }, event, kind, given);
    const block = this.blockFor(given.position, end - frameAt);
    setFrameStart(headers, headerAt, frameAt - block.frames);
    this.framesUsed = block.framesEnd = end;
    this.headersUsed += headerBytes;
    return { block: block.position, index: block.count++ };
  }

  /** The event at a place when it is one of this group's; valid until the next call. */
  event(place: Place): StoredEvent | undefined {
    const block = this.blocks.get(place.block);
    return block && new StoredEvent(this.assemble(block), place.index);
  }

  /** Every block with its position; the bytes are valid until the next one is asked for. */
  *finished(): Iterable<{ position: number; bytes: Buffer }> {
    for (const block of this.blocks.values()) {
      yield { position: block.position, bytes: this.assemble(block) };
    }
  }

  /** Forgets the group. */
  clear(): void {
    this.blocks.clear();
    this.block = undefined;
    this.framesUsed = this.headersUsed = 0;
    if (this.frames.length > scratchBytesKept) this.frames = Buffer.alloc(scratchBytes);
    if (this.headers.length > scratchBytesKept) this.headers = Buffer.alloc(scratchBytes / 8);
    if (this.assembled.length > scratchBytesKept) this.assembled = Buffer.alloc(blockBytes);
  }

  /** The block that an event of that many bytes goes into. */
  private blockFor(position: number, bytes: number): PendingBlock {
    const { block } = this;
    if (block) {
      const frames = block.framesEnd - block.frames + bytes;
      if (blockBytesOf(block.count + 1, frames) <= blockBytes) return block;
    }
    const next: PendingBlock = {
      position,
      headers: this.headersUsed,
      count: 0,
      frames: this.framesUsed,
      framesEnd: this.framesUsed,
    };
    this.blocks.set(position, next);
    return (this.block = next);
  }

  private assemble({ headers: start, count, frames: from, framesEnd }: PendingBlock): Buffer {
    const headers = this.headers.subarray(start, start + count * headerBytes);
    const frames = this.frames.subarray(from, framesEnd);
    const bytes = blockBytesOf(count, frames.length);
    if (bytes > this.assembled.length) this.assembled = Buffer.alloc(bytes);
    return assembleBlock(this.assembled, headers, frames);
  }
}

/** The buffer, or a larger one with the same beginning. */
function withRoom(buffer: Buffer, used: number, bytes: number): Buffer {
  if (used + bytes <= buffer.length) return buffer;
  const larger = Buffer.alloc(Math.max(buffer.length * 2, used + bytes));
  buffer.copy(larger, 0, 0, used);
  return larger;
}

import { crc32 } from 'node:zlib';
import { varintLength } from '../protobuf/writer';
import { encodeFrame, EventFlag, type Assigned, type ProposedEvent } from './event-frame';
import type { EventKind } from './event-kind';
import { DamagedEventError } from './damaged-event-error';

export { EventFlag, kindOf, type ProposedEvent } from './event-frame';

/*
 * A block holds the headers of its events, then their frames. A frame is the framed gRPC message
 * `ReadResp { ReadEvent { RecordedEvent, commit_position } }` exactly as every read sends it:
 * reading encodes nothing, and the frames of neighbours go out in one copy. A header says where
 * the frame lies and where in it name, type and RecordedEvent do.
 *
 *   count (u32) | count headers of 60 bytes | frames back to back
 *
 * A CRC-32 of the frame, begun with its header, tells when the disk gives back other bytes than it
 * was given.
 */
const at = {
  frameStart: 0, // u32, from the first frame's start
  frameBytes: 4, // u32
  position: 8, // u48
  revision: 14, // u48, all ones for a tombstone
  streamNumber: 20, // u48
  flags: 26, // u8
  summed: 27, // u8, 1 when the event has a sum, which older ones have not
  createdMs: 28, // f64
  typeStart: 36, // u32, from the frame's start, as all below
  sumHigh: 40, // u16
  typeBytes: 42, // u16
  nameStart: 44,
  sumLow: 48, // u16
  nameBytes: 50, // u16
  recordStart: 52,
  logBytes: 56, // u32, what the event adds to positions
} as const;

const countBytes = 4;

/** Bytes of an event's header. */
export const headerBytes = 60;

const noRevision = 0xffffffffffff;

/** Puts a block together from the headers and the frames of its events. */
export function assembleBlock(target: Buffer, headers: Buffer, frames: Buffer): Buffer {
  target.writeUInt32BE(headers.length / headerBytes);
  headers.copy(target, countBytes);
  frames.copy(target, countBytes + headers.length);
  return target.subarray(0, countBytes + headers.length + frames.length);
}

/** What a block of so many events and bytes of frames takes. */
export function blockBytesOf(count: number, frames: number): number {
  return countBytes + count * headerBytes + frames;
}

/**
 * The block without the frames of some of its events. Headers stay, so that the others keep their
 * index and the log its positions; undefined when no frame would be left.
 */
export function withoutEvents(block: Buffer, gone: ReadonlySet<number>): Buffer | undefined {
  const count = eventsIn(block);
  const headers = Buffer.from(block.subarray(countBytes, countBytes + count * headerBytes));
  const frames: Buffer[] = [];
  let end = 0;
  for (let i = 0; i < count; i++) {
    const event = new StoredEvent(block, i);
    const header = i * headerBytes;
    headers.writeUInt32BE(end, header + at.frameStart);
    if (gone.has(i) || event.scavenged) {
      headers[header + at.flags]! |= EventFlag.Scavenged;
      headers.writeUInt32BE(0, header + at.frameBytes);
      continue;
    }
    frames.push(event.frame);
    end += event.frame.length;
  }
  if (frames.length === 0) return undefined;
  return assembleBlock(Buffer.alloc(blockBytesOf(count, end)), headers, Buffer.concat(frames));
}

/** How many events the block holds. */
export function eventsIn(block: Buffer): number {
  return block.readUInt32BE(0);
}

/** Where an event is written: a header and a frame, with room for both. */
export interface Target {
  readonly headers: Buffer;
  readonly headerAt: number;
  readonly frames: Buffer;
  readonly frameAt: number;
}

/**
 * Writes the event's frame and header, and returns the end of the frame. Where the frame starts in
 * its block is said later: `setFrameStart`.
 */
export function encodeEvent(
  to: Target,
  event: ProposedEvent,
  kind: EventKind,
  given: Assigned,
): number {
  const { headers, headerAt } = to;
  const frame = encodeFrame(to.frames, to.frameAt, event, kind, given);
  const { flags } = given;
  headers.writeUInt32BE(frame.end - to.frameAt, headerAt + at.frameBytes);
  headers.writeUIntBE(given.position, headerAt + at.position, 6);
  const revision = flags & EventFlag.Tombstone ? noRevision : given.revision;
  headers.writeUIntBE(revision, headerAt + at.revision, 6);
  headers.writeUIntBE(given.streamNumber, headerAt + at.streamNumber, 6);
  headers[headerAt + at.flags] = flags;
  headers[headerAt + at.summed] = 1;
  headers.writeDoubleBE(given.created.ms, headerAt + at.createdMs);
  headers.writeUInt32BE(frame.type - to.frameAt, headerAt + at.typeStart);
  headers.writeUInt16BE(event.type.length, headerAt + at.typeBytes);
  headers.writeUInt32BE(frame.name - to.frameAt, headerAt + at.nameStart);
  headers.writeUInt16BE(given.stream.length, headerAt + at.nameBytes);
  headers.writeUInt32BE(frame.record - to.frameAt, headerAt + at.recordStart);
  headers.writeUInt32BE(given.logBytes, headerAt + at.logBytes);
  const sum = sumOf(headers, headerAt, to.frames.subarray(to.frameAt, frame.end));
  headers.writeUInt16BE(sum >>> 16, headerAt + at.sumHigh);
  headers.writeUInt16BE(sum & 0xffff, headerAt + at.sumLow);
  return frame.end;
}

/**
 * Over all but the sum itself and what a scavenge of the event's neighbours changes. Folding the
 * header by words costs less than a call of CRC-32, and no change of one word is lost in it.
 */
function sumOf(block: Buffer, header: number, frame: Buffer): number {
  let fold = 0;
  for (let field: number = at.frameBytes; field < headerBytes; field += 4) {
    const word = block.readUInt32BE(header + field);
    const half = field === at.sumHigh || field === at.sumLow;
    fold = Math.imul(fold ^ (half ? word & 0xffff : word), 0x9e3779b1);
  }
  return crc32(frame, fold >>> 0);
}

/** Says where a written event's frame starts, from the first one of its block. */
export function setFrameStart(headers: Buffer, headerAt: number, start: number): void {
  headers.writeUInt32BE(start, headerAt + at.frameStart);
}

/**
 * A stored event in a block. A view: it is only valid as long as the block's memory, which the
 * next read of the store overwrites; `copy` what must live longer.
 */
export class StoredEvent {
  private readonly header: number;
  private readonly start: number;

  constructor(
    readonly block: Buffer,
    readonly index: number,
  ) {
    this.header = countBytes + index * headerBytes;
    const frames = countBytes + block.readUInt32BE(0) * headerBytes;
    this.start = frames + block.readUInt32BE(this.header + at.frameStart);
  }

  get position(): number {
    return this.block.readUIntBE(this.header + at.position, 6);
  }

  /** The first position behind the event. */
  get nextPosition(): number {
    return this.position + this.block.readUInt32BE(this.header + at.logBytes);
  }

  /** The revision, or -1 for the event of a tombstone, which stands outside the count. */
  get revision(): number {
    const revision = this.block.readUIntBE(this.header + at.revision, 6);
    return revision === noRevision ? -1 : revision;
  }

  get streamNumber(): number {
    return this.block.readUIntBE(this.header + at.streamNumber, 6);
  }

  get flags(): number {
    return this.block[this.header + at.flags]!;
  }

  /** Whether a scavenge removed the event; then it has no frame, name or type any more. */
  get scavenged(): boolean {
    return (this.flags & EventFlag.Scavenged) !== 0;
  }

  get createdMs(): number {
    return this.block.readDoubleBE(this.header + at.createdMs);
  }

  get id(): string {
    const id = this.start + this.block.readUInt32BE(this.header + at.recordStart) + 4;
    return this.block.toString('latin1', id, id + 36);
  }

  get streamName(): Buffer {
    return this.slice(at.nameStart, at.nameBytes);
  }

  get type(): Buffer {
    return this.slice(at.typeStart, at.typeBytes);
  }

  /** Where in the block the framed `ReadResp` begins, which reads send. */
  get frameStart(): number {
    return this.start;
  }

  get frameEnd(): number {
    return this.start + this.block.readUInt32BE(this.header + at.frameBytes);
  }

  /** The framed `ReadResp`, as reads send it. */
  get frame(): Buffer {
    return this.block.subarray(this.start, this.frameEnd);
  }

  /** The bytes of the `RecordedEvent` message. */
  get record(): Buffer {
    const from = this.start + this.block.readUInt32BE(this.header + at.recordStart);
    const commitBytes = 1 + varintLength(this.position);
    return this.block.subarray(from, this.frameEnd - commitBytes);
  }

  /** Throws DamagedEventError when these are not the bytes that were written. */
  verify(): void {
    const { block, header } = this;
    const summed = block[header + at.summed];
    // Events of the older format; any other value than these two is damage itself.
    if (summed === 0) return;
    const high = block.readUInt16BE(header + at.sumHigh);
    const sum = high * 0x10000 + block.readUInt16BE(header + at.sumLow);
    if (summed !== 1 || this.frameEnd > block.length || sumOf(block, header, this.frame) !== sum) {
      throw new DamagedEventError(this.position);
    }
  }

  /** The event in memory of its own. */
  copy(): StoredEvent {
    const { frame } = this;
    const header = Buffer.from(this.block.subarray(this.header, this.header + headerBytes));
    header.writeUInt32BE(0, at.frameStart);
    const block = Buffer.alloc(blockBytesOf(1, frame.length));
    return new StoredEvent(assembleBlock(block, header, frame), 0);
  }

  /** Whether the stream's name begins with these bytes. */
  nameStartsWith(prefix: Buffer): boolean {
    return this.startsWith(at.nameStart, at.nameBytes, prefix);
  }

  /** Whether the type begins with these bytes. */
  typeStartsWith(prefix: Buffer): boolean {
    return this.startsWith(at.typeStart, at.typeBytes, prefix);
  }

  private startsWith(startField: number, bytesField: number, prefix: Buffer): boolean {
    if (prefix.length > this.block.readUInt16BE(this.header + bytesField)) return false;
    const from = this.start + this.block.readUInt32BE(this.header + startField);
    for (let i = 0; i < prefix.length; i++) {
      if (this.block[from + i] !== prefix[i]) return false;
    }
    return true;
  }

  private slice(startField: number, bytesField: number): Buffer {
    const from = this.start + this.block.readUInt32BE(this.header + startField);
    return this.block.subarray(from, from + this.block.readUInt16BE(this.header + bytesField));
  }
}

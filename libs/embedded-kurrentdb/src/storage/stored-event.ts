import { frameHeaderBytes } from '../grpc/framing';
import { putVarint, varintLength } from '../protobuf/writer';
import { logBytes } from './layout';

/*
 * A block holds the headers of its events, then their frames. A frame is the framed gRPC message
 * `ReadResp { ReadEvent { RecordedEvent, commit_position } }` exactly as every read sends it: reading
 * encodes nothing, and the frames of neighbours go out in one copy. A header says where the frame lies
 * and where in it name, type and RecordedEvent do.
 *
 *   count (u32) | count headers of 60 bytes | frames back to back
 */
const at = {
  frameStart: 0, // u32, from the first frame's start
  frameBytes: 4, // u32
  position: 8, // u48
  revision: 14, // u48, all ones for a tombstone
  streamNumber: 20, // u48
  flags: 26, // u8
  createdMs: 28, // f64
  typeStart: 36, // u32, from the frame's start, as all below
  typeBytes: 40,
  nameStart: 44,
  nameBytes: 48,
  recordStart: 52,
  logBytes: 56, // u32, what the event adds to positions
} as const;

const countBytes = 4;

/** Bytes of an event's header. */
export const headerBytes = 60;

const noRevision = 0xffffffffffff;

/** The revision that the original gives to the event that marks a tombstone: 2^63 - 1. */
export const tombstoneRevision = 0x7fffffffffffffffn;

export const enum EventFlag {
  Link = 1,
  Metadata = 2,
  Tombstone = 4,
  Json = 8,
  /** Only the header is left. */
  Scavenged = 16,
}

/** An event that is to be written, before it has a revision and a position. */
export interface ProposedEvent {
  /** Lower-case UUID of 36 characters. */
  readonly id: string;
  readonly type: Buffer;
  readonly contentType: string;
  readonly metadata: Buffer;
  readonly data: Buffer;
  /** Bytes of the metadata that take no room in the original's log, which keeps a schema apart. */
  readonly schemaBytes?: number;
}

/** What the event adds to positions. */
export function logBytesOf(streamName: Buffer, event: ProposedEvent): number {
  const { type, data, metadata, schemaBytes = 0 } = event;
  return logBytes(streamName.length, type.length, data.length, metadata.length - schemaBytes);
}

/** What the store adds to a proposed event. */
export interface Assigned {
  readonly streamName: Buffer;
  readonly streamNumber: number;
  readonly revision: number;
  readonly position: number;
  readonly createdMs: number;
  /** Ticks of 100 ns since 1970, in digits: beyond what a number holds. */
  readonly createdTicks: string;
  readonly flags: number;
}

const contentTypeKey = mapKey('content-type');
const createdKey = mapKey('created');
const typeKey = mapKey('type');

interface Sizes {
  readonly name: number;
  readonly map: number;
  readonly record: number;
  readonly readEvent: number;
  readonly message: number;
}

/** The bytes of the frame that `encodeEvent` will write. */
export function frameBytes(event: ProposedEvent, given: Assigned): number {
  return frameHeaderBytes + sizesOf(event, given).message;
}

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
 * The block without the frames of some of its events. Headers stay, so that the others keep their index and
 * the log its positions; undefined when no frame would be left.
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

function sizesOf(event: ProposedEvent, given: Assigned): Sizes {
  const nameBytes = given.streamName.length;
  const name = 1 + varintLength(nameBytes) + nameBytes;
  const typeBytes = event.type.length;
  const typeEntry = typeKey.length + 1 + varintLength(typeBytes) + typeBytes;
  const contentEntry = contentTypeKey.length + 2 + event.contentType.length;
  const createdEntry = createdKey.length + 2 + given.createdTicks.length;
  const map = 1 + varintLength(typeEntry) + typeEntry + 2 + contentEntry + 2 + createdEntry;
  const position = varintLength(given.position);
  const revision = given.flags & EventFlag.Tombstone ? 9 : varintLength(given.revision);
  const record =
    40 +
    1 +
    varintLength(name) +
    name +
    1 +
    revision +
    2 * (1 + position) +
    map +
    optionalField(event.metadata.length) +
    optionalField(event.data.length);
  const readEvent = 1 + varintLength(record) + record + 1 + position;
  return { name, map, record, readEvent, message: 1 + varintLength(readEvent) + readEvent };
}

function optionalField(bytes: number): number {
  return bytes === 0 ? 0 : 1 + varintLength(bytes) + bytes;
}

/** Where an event is written: a header and a frame, with room for both. */
export interface Target {
  readonly headers: Buffer;
  readonly headerAt: number;
  readonly frames: Buffer;
  readonly frameAt: number;
  /** Where the block's first frame lies. */
  readonly framesStart: number;
}

/** Writes the event's frame and header, and returns the end of the frame. */
export function encodeEvent(to: Target, event: ProposedEvent, given: Assigned): number {
  const { headers, headerAt } = to;
  const frame = encodeFrame(to.frames, to.frameAt, event, given);
  const { flags } = given;
  headers.writeUInt32BE(to.frameAt - to.framesStart, headerAt + at.frameStart);
  headers.writeUInt32BE(frame.end - to.frameAt, headerAt + at.frameBytes);
  headers.writeUIntBE(given.position, headerAt + at.position, 6);
  const revision = flags & EventFlag.Tombstone ? noRevision : given.revision;
  headers.writeUIntBE(revision, headerAt + at.revision, 6);
  headers.writeUIntBE(given.streamNumber, headerAt + at.streamNumber, 6);
  headers.writeUInt16BE(flags << 8, headerAt + at.flags);
  headers.writeDoubleBE(given.createdMs, headerAt + at.createdMs);
  headers.writeUInt32BE(frame.type - to.frameAt, headerAt + at.typeStart);
  headers.writeUInt32BE(event.type.length, headerAt + at.typeBytes);
  headers.writeUInt32BE(frame.name - to.frameAt, headerAt + at.nameStart);
  headers.writeUInt32BE(given.streamName.length, headerAt + at.nameBytes);
  headers.writeUInt32BE(frame.record - to.frameAt, headerAt + at.recordStart);
  headers.writeUInt32BE(logBytesOf(given.streamName, event), headerAt + at.logBytes);
  return frame.end;
}

/** Writes the frame; says where its parts and its end lie. */
function encodeFrame(target: Buffer, start: number, event: ProposedEvent, given: Assigned) {
  const sizes = sizesOf(event, given);
  const { position, flags } = given;
  let to = start;
  target[to] = 0;
  target.writeUInt32BE(sizes.message, to + 1);
  to += frameHeaderBytes;
  target[to++] = 0x0a;
  to = putVarint(target, to, sizes.readEvent);
  target[to++] = 0x0a;
  to = putVarint(target, to, sizes.record);
  const recordStart = to;
  target[to++] = 0x0a;
  target[to++] = 38;
  target[to++] = 0x12;
  target[to++] = 36;
  to += target.write(event.id, to, 36, 'latin1');
  target[to++] = 0x12;
  to = putVarint(target, to, sizes.name);
  target[to++] = 0x1a;
  to = putVarint(target, to, given.streamName.length);
  const nameStart = to;
  to += given.streamName.copy(target, to);
  target[to++] = 0x18;
  to =
    flags & EventFlag.Tombstone ? putTombstone(target, to) : putVarint(target, to, given.revision);
  target[to++] = 0x20;
  to = putVarint(target, to, position);
  target[to++] = 0x28;
  to = putVarint(target, to, position);
  const typeStart = (to = putMapEntry(target, to, typeKey, event.type)) - event.type.length;
  to = putMapText(target, to, contentTypeKey, event.contentType);
  to = putMapText(target, to, createdKey, given.createdTicks);
  to = putBytes(target, to, 0x3a, event.metadata);
  to = putBytes(target, to, 0x42, event.data);
  target[to++] = 0x18;
  to = putVarint(target, to, position);
  return { record: recordStart, name: nameStart, type: typeStart, end: to };
}

function putTombstone(target: Buffer, to: number): number {
  for (let i = 0; i < 8; i++) target[to++] = 0xff;
  target[to++] = 0x7f;
  return to;
}

function mapKey(key: string): Buffer {
  return Buffer.from([0x0a, key.length, ...Buffer.from(key)]);
}

function putMapEntry(target: Buffer, to: number, key: Buffer, value: Buffer): number {
  target[to++] = 0x32;
  to = putVarint(target, to, key.length + 1 + varintLength(value.length) + value.length);
  to += key.copy(target, to);
  target[to++] = 0x12;
  to = putVarint(target, to, value.length);
  return to + value.copy(target, to);
}

function putMapText(target: Buffer, to: number, key: Buffer, value: string): number {
  target[to++] = 0x32;
  target[to++] = key.length + 2 + value.length;
  to += key.copy(target, to);
  target[to++] = 0x12;
  target[to++] = value.length;
  return to + target.write(value, to, 'latin1');
}

function putBytes(target: Buffer, to: number, tag: number, value: Buffer): number {
  if (value.length === 0) return to;
  target[to++] = tag;
  to = putVarint(target, to, value.length);
  return to + value.copy(target, to);
}

/**
 * A stored event in a block. A view: it is only valid as long as the block's memory, which the next read
 * of the store overwrites; `copy` what must live longer.
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

  /** The event in memory of its own. */
  copy(): StoredEvent {
    const { frame } = this;
    const header = Buffer.from(this.block.subarray(this.header, this.header + headerBytes));
    header.writeUInt32BE(0, at.frameStart);
    const block = Buffer.alloc(blockBytesOf(1, frame.length));
    return new StoredEvent(assembleBlock(block, header, frame), 0);
  }

  private slice(startField: number, bytesField: number): Buffer {
    const from = this.start + this.block.readUInt32BE(this.header + startField);
    return this.block.subarray(from, from + this.block.readUInt32BE(this.header + bytesField));
  }
}

import { frameHeaderBytes } from '../grpc/framing';
import { putVarint, varintLength } from '../protobuf/writer';
import { logBytes } from './layout';

/** What an event is, as bits of its header. */
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
  /**
   * Bytes of the metadata that take no room in the original's log, which keeps a schema apart.
   */
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

/** Writes the frame; says where its parts and its end lie. */
export function encodeFrame(target: Buffer, start: number, event: ProposedEvent, given: Assigned) {
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

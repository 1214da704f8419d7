import { frameHeaderBytes } from '../grpc/framing';
import { putVarint, varintLength } from '../protobuf/writer';
import { eventKind, type EventKind } from './event-kind';
import type { Stamp } from './clock';
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
  /** The kind of its type and content type, where it is known already. */
  readonly kind?: EventKind;
}

/** The kind of an event that is to be written. */
export function kindOf({ kind, type, contentType }: ProposedEvent): EventKind {
  return kind ?? eventKind(type, contentType === 'application/json');
}

/** What the event adds to positions. */
export function logBytesOf(nameBytes: number, event: ProposedEvent): number {
  const { type, data, metadata, schemaBytes = 0 } = event;
  return logBytes(nameBytes, type.length, data.length, metadata.length - schemaBytes);
}

/** What the store adds to a proposed event. */
export interface Assigned {
  /** The stream's key (stream-name.ts). */
  readonly stream: string;
  readonly streamNumber: number;
  readonly revision: number;
  readonly position: number;
  readonly created: Stamp;
  readonly flags: number;
  /** What the event adds to positions. */
  readonly logBytes: number;
}

const createdKey = Buffer.from('\n\x07created\x12');
/** Digits of ticks of 100 ns since 1970: milliseconds and four more. */
const tickDigits = 17;
const createdBytes = createdKey.length + 1 + tickDigits;
/** What a frame has at most besides names, types, metadata and data. */
const fixedBytesMax = 256;

/** More than the bytes of the frame that `encodeFrame` will write. */
export function frameBytesMax(event: ProposedEvent, kind: EventKind, given: Assigned): number {
  const { metadata, data } = event;
  const names = given.stream.length + kind.entries.length;
  return fixedBytesMax + names + metadata.length + data.length;
}

/** Where in a frame its parts lie, and where it ends. */
export interface FrameParts {
  record: number;
  name: number;
  type: number;
  end: number;
}

const parts: FrameParts = { record: 0, name: 0, type: 0, end: 0 };

/** Writes the frame; the returned object is used again by the next call. */
export function encodeFrame(
  target: Buffer,
  start: number,
  event: ProposedEvent,
  kind: EventKind,
  given: Assigned,
): FrameParts {
  const { position, flags, stream } = given;
  const record = recordBytes(event, kind, given);
  const readEvent = 1 + varintLength(record) + record + 1 + varintLength(position);
  let to = start;
  target[to] = 0;
  target.writeUInt32BE(1 + varintLength(readEvent) + readEvent, to + 1);
  to += frameHeaderBytes;
  target[to++] = 0x0a;
  to = putVarint(target, to, readEvent);
  target[to++] = 0x0a;
  to = parts.record = putVarint(target, to, record);
  target[to++] = 0x0a;
  target[to++] = 38;
  target[to++] = 0x12;
  target[to++] = 36;
  to += target.write(event.id, to, 36, 'latin1');
  target[to++] = 0x12;
  to = putVarint(target, to, identifierBytes(stream.length));
  target[to++] = 0x1a;
  to = parts.name = putVarint(target, to, stream.length);
  to += target.write(stream, to, 'latin1');
  target[to++] = 0x18;
  to =
    flags & EventFlag.Tombstone ? putTombstone(target, to) : putVarint(target, to, given.revision);
  target[to++] = 0x20;
  to = putVarint(target, to, position);
  target[to++] = 0x28;
  to = putVarint(target, to, position);
  parts.type = to + kind.typeAt;
  target.set(kind.entries, to);
  to = putCreated(target, to + kind.entries.length, given.created);
  to = putBytes(target, to, 0x3a, event.metadata);
  to = putBytes(target, to, 0x42, event.data);
  target[to++] = 0x18;
  parts.end = putVarint(target, to, position);
  return parts;
}

const idBytes = 40;

function recordBytes({ metadata, data }: ProposedEvent, kind: EventKind, given: Assigned): number {
  const identifier = identifierBytes(given.stream.length);
  const revision = given.flags & EventFlag.Tombstone ? 9 : varintLength(given.revision);
  return (
    idBytes +
    1 +
    varintLength(identifier) +
    identifier +
    1 +
    revision +
    2 * (1 + varintLength(given.position)) +
    kind.entries.length +
    2 +
    createdBytes +
    optionalField(metadata.length) +
    optionalField(data.length)
  );
}

function identifierBytes(nameBytes: number): number {
  return 1 + varintLength(nameBytes) + nameBytes;
}

function optionalField(bytes: number): number {
  return bytes === 0 ? 0 : 1 + varintLength(bytes) + bytes;
}

function putTombstone(target: Buffer, to: number): number {
  for (let i = 0; i < 8; i++) target[to++] = 0xff;
  target[to++] = 0x7f;
  return to;
}

function putCreated(target: Buffer, to: number, { ms, tick }: Stamp): number {
  target[to++] = 0x32;
  target[to++] = createdBytes;
  target.set(createdKey, to);
  to += createdKey.length;
  target[to++] = tickDigits;
  // In two parts, because a number does not hold all the digits.
  const seconds = Math.floor(ms / 1000);
  putDigits(target, to + 10, seconds);
  putDigits(target, to + tickDigits, (ms - seconds * 1000) * 10_000 + tick, 7);
  return to + tickDigits;
}

/** Writes digits that end before that place. */
function putDigits(target: Buffer, end: number, value: number, count = 10): void {
  for (let at = end - 1; at >= end - count; at--) {
    const rest = Math.floor(value / 10);
    target[at] = 0x30 + value - rest * 10;
    value = rest;
  }
}

function putBytes(target: Buffer, to: number, tag: number, value: Buffer): number {
  if (value.length === 0) return to;
  target[to++] = tag;
  to = putVarint(target, to, value.length);
  target.set(value, to);
  return to + value.length;
}

import { putVarint, varintLength } from '../protobuf/writer';
import { RecentBytes } from './recent-bytes';

/** What all events of one type and content type have in common. */
export interface EventKind {
  readonly type: Buffer;
  readonly contentType: string;
  /** The map entries of both, as frames hold them. */
  readonly entries: Buffer;
  /** Where in the entries the type lies. */
  readonly typeAt: number;
  readonly link: boolean;
  readonly json: boolean;
}

const kindsKept = 16;
const json = 'application/json';
const binary = 'application/octet-stream';
const typeKey = Buffer.from('\n\x04type\x12');
const contentTypeKey = Buffer.from('\n\x0ccontent-type\x12');
const mapTag = 0x32;
const linkType = '$>';

const jsonKinds = new RecentBytes(kindsKept, (type) => makeKind(type, json));
const binaryKinds = new RecentBytes(kindsKept, (type) => makeKind(type, binary));

/** The kind of an event; the type's bytes are copied. */
export function eventKind(type: Buffer, isJson: boolean, start = 0, end = type.length): EventKind {
  return (isJson ? jsonKinds : binaryKinds).of(type, start, end);
}

function makeKind(type: Buffer, contentType: string): EventKind {
  const typeEntry = mapEntry(typeKey, type);
  const entries = Buffer.concat([typeEntry, mapEntry(contentTypeKey, Buffer.from(contentType))]);
  return {
    type,
    contentType,
    entries,
    typeAt: typeEntry.length - type.length,
    link: type.toString('latin1') === linkType,
    json: contentType === json,
  };
}

function mapEntry(key: Buffer, value: Buffer): Buffer {
  const valueBytes = varint(value.length);
  const entryBytes = varint(key.length + valueBytes.length + value.length);
  return Buffer.concat([Buffer.from([mapTag]), entryBytes, key, valueBytes, value]);
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintLength(value));
  putVarint(bytes, 0, value);
  return bytes;
}

import type { StoredRecord } from '@daybook/event-store';
import { MalformedMessage, ProtoCursor } from '../wire/proto-cursor';

/** Fields of `streams.proto` by their tags: the number times eight plus the wire type. */
const enum Tag {
  AnswerEvent = (1 << 3) | 2,
  EventRecord = (1 << 3) | 2,
  RecordId = (1 << 3) | 2,
  RecordStream = (2 << 3) | 2,
  RecordRevision = 3 << 3,
  RecordPosition = 5 << 3,
  RecordSystem = (6 << 3) | 2,
  RecordMetadata = (7 << 3) | 2,
  RecordData = (8 << 3) | 2,
  IdText = (2 << 3) | 2,
  StreamName = (3 << 3) | 2,
  MapKey = (1 << 3) | 2,
  MapValue = (2 << 3) | 2,
}

const JSON_CONTENT = Buffer.from('application/json');
const TYPE = Buffer.from('type');
const CONTENT_TYPE = Buffer.from('content-type');
const CREATED = Buffer.from('created');
const SYSTEM_KEYS = [TYPE, CONTENT_TYPE, CREATED];

/** What the server adds to the metadata of records appended with a schema. */
const ADDED_BY_SERVER = '$schema.';

/** Digits of a time in units of 100 ns since 1970 that are no whole milliseconds. */
const BELOW_MS_DIGITS = 4;
const MS_DIGITS_MAX = 15;

/**
 * The record in an answer (`ReadResp`) to a read of streams, as the vendor's client would give it
 * but straight from the bytes; undefined for answers that bring none (confirmations, checkpoints).
 * Throws `MalformedMessage`.
 */
export function recordIn(bytes: Buffer): StoredRecord | undefined {
  const cursor = new ProtoCursor(bytes);
  const end = bytes.length;
  let record: StoredRecord | undefined;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === Tag.AnswerEvent) record = readEvent(cursor, cursor.valueEnd(end));
    else cursor.skip(tag, end);
  }
  return record;
}

function readEvent(cursor: ProtoCursor, end: number): StoredRecord | undefined {
  let record: StoredRecord | undefined;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === Tag.EventRecord) record = recorded(cursor, cursor.valueEnd(end));
    else cursor.skip(tag, end);
  }
  return record;
}

/** What the server says of a record in a map: type, whether it is JSON, milliseconds since 1970. */
interface System {
  type: string;
  json: boolean;
  created: number | undefined;
}

function recorded(cursor: ProtoCursor, end: number): StoredRecord {
  let id = '';
  let stream = '';
  let revision: number | bigint = 0;
  let position: number | bigint = 0;
  const system: System = { type: '', json: false, created: undefined };
  let metadata: unknown;
  let [dataFrom, dataTo] = [0, 0];
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === Tag.RecordId) id = only(Tag.IdText, cursor, cursor.valueEnd(end));
    else if (tag === Tag.RecordStream) stream = only(Tag.StreamName, cursor, cursor.valueEnd(end));
    else if (tag === Tag.RecordRevision) revision = cursor.unsigned(end);
    else if (tag === Tag.RecordPosition) position = cursor.unsigned(end);
    else if (tag === Tag.RecordSystem) systemEntry(system, cursor, cursor.valueEnd(end));
    else if (tag === Tag.RecordMetadata) metadata = json(cursor.text(cursor.valueEnd(end)), null);
    else if (tag === Tag.RecordData) {
      dataTo = cursor.valueEnd(end);
      dataFrom = cursor.at;
      cursor.moveTo(dataTo);
    } else cursor.skip(tag, end);
  }
  if (id === '' || stream === '' || system.created === undefined) {
    throw new MalformedMessage('a record without its id, stream or time');
  }
  return {
    stream,
    revision: Number(revision),
    position: BigInt(position),
    id,
    type: system.type,
    data: dataOf(cursor.bytes, dataFrom, dataTo, system.json),
    metadata: ownMetadata(metadata),
    created: new Date(system.created),
  };
}

/** The text of the one field that a small message is read for. */
function only(wanted: number, cursor: ProtoCursor, end: number): string {
  let text = '';
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === wanted) text = cursor.text(cursor.valueEnd(end));
    else cursor.skip(tag, end);
  }
  return text;
}

function systemEntry(system: System, cursor: ProtoCursor, end: number): void {
  let key: Buffer | undefined;
  while (cursor.at < end) {
    const tag = cursor.tag(end);
    if (tag === Tag.MapKey) key = systemKey(cursor, cursor.valueEnd(end));
    else if (tag === Tag.MapValue) {
      const valueEnd = cursor.valueEnd(end);
      if (key === TYPE) system.type = cursor.text(valueEnd);
      else if (key === CONTENT_TYPE) system.json = cursor.matches(JSON_CONTENT, valueEnd);
      else if (key === CREATED) system.created = millisecondsIn(cursor, valueEnd);
      else cursor.moveTo(valueEnd);
    } else cursor.skip(tag, end);
  }
}

/** Their lengths differ, so one comparison tells. */
function systemKey(cursor: ProtoCursor, end: number): Buffer | undefined {
  const length = end - cursor.at;
  const candidate = SYSTEM_KEYS.find((key) => key.length === length);
  if (candidate === undefined) cursor.moveTo(end);
  return candidate && cursor.matches(candidate, end) ? candidate : undefined;
}

function millisecondsIn(cursor: ProtoCursor, end: number): number {
  const digits = end - BELOW_MS_DIGITS - cursor.at;
  if (digits < 1 || digits > MS_DIGITS_MAX) throw new MalformedMessage('no time of our age');
  let value = 0;
  for (let at = cursor.at; at < end; at += 1) {
    const digit = (cursor.bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) throw new MalformedMessage('a time that is no number');
    if (at < end - BELOW_MS_DIGITS) value = value * 10 + digit;
  }
  cursor.moveTo(end);
  return value;
}

function dataOf(bytes: Buffer, from: number, to: number, isJson: boolean): unknown {
  if (!isJson) return new Uint8Array(bytes.subarray(from, to));
  const text = bytes.toString('utf8', from, to);
  return json(text, text);
}

/** As the vendor's client: what says it is JSON and is not stays as it came. */
function json(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** A record’s metadata without what the server added; nothing of what is no object. */
export function ownMetadata(metadata: unknown): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  if (typeof metadata !== 'object' || metadata === null || metadata instanceof Uint8Array) {
    return own;
  }
  for (const key of Object.keys(metadata)) {
    if (!key.startsWith(ADDED_BY_SERVER)) own[key] = (metadata as typeof own)[key];
  }
  return own;
}

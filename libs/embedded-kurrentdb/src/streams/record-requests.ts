import { randomUUID } from 'node:crypto';
import { GrpcCode, GrpcError } from '../grpc/status';
import { ProtoReader } from '../protobuf/reader';
import { checkedUuid } from '../protobuf/shared-messages';
import { expectAny, type Expected } from '../storage/commit-check';
import { eventKind, type EventKind } from '../storage/event-kind';
import { RecentBytes } from '../storage/recent-bytes';
import type { ProposedEvent } from '../storage/stored-event';
import { propertiesAsJson, RecordMetadata } from './record-metadata';

/** A record and the stream it goes to, by the latin1 text of its name's bytes. */
export interface StreamRecordRequest {
  readonly stream: string;
  readonly event: ProposedEvent;
}

/** A condition on a stream, written by the append or not. */
export interface Check {
  readonly stream: string;
  readonly expected: Expected;
}

const noBytes = Buffer.alloc(0);
const formats = ['', 'Json', 'Protobuf', 'Avro', 'Bytes'];
const jsonFormat = 1;

/** Decodes `AppendRecordsRequest`. */
export function decodeAppendRecords(message: Buffer): {
  records: StreamRecordRequest[];
  checks: Check[];
} {
  const reader = new ProtoReader(message);
  const records: StreamRecordRequest[] = [];
  const checks: Check[] = [];
  while (reader.next()) {
    if (reader.field === 1) records.push(readRecord(reader));
    else if (reader.field === 2) checks.push(readCheck(reader));
    else reader.skip();
  }
  return { records, checks };
}

/** One stream's part of an append session. */
export interface SessionRequest {
  readonly stream: Buffer;
  readonly expected: Expected;
  readonly events: readonly ProposedEvent[];
}

/** Decodes `AppendRequest`, a message of an append session. */
export function decodeSessionRequest(message: Buffer): SessionRequest {
  const reader = new ProtoReader(message);
  let stream: Buffer = noBytes;
  let expected: Expected = expectAny;
  const events: ProposedEvent[] = [];
  while (reader.next()) {
    if (reader.field === 1) stream = reader.bytes();
    else if (reader.field === 2) events.push(readRecord(reader).event);
    else if (reader.field === 3) expected = reader.sint64();
    else reader.skip();
  }
  return { stream, expected, events };
}

/** What the records of one schema have in common. */
interface Schema {
  readonly kind: EventKind;
  /** Its name and format as the last properties of a record's metadata, as the original has them. */
  readonly properties: Readonly<Record<string, string>>;
  /** The same as JSON: behind other properties, and when there are none. */
  readonly json: Buffer;
  readonly alone: Buffer;
}

const schemasKept = 16;
const schemas = formats.map(
  (format, i) => new RecentBytes(schemasKept, (type) => schemaOf(type, format, i === jsonFormat)),
);

function schemaOf(type: Buffer, format: string, isJson: boolean): Schema {
  const properties = { '$schema.name': type.toString('utf8'), '$schema.format': format };
  const alone = JSON.stringify(properties);
  return {
    kind: eventKind(type, isJson),
    properties,
    json: Buffer.from(`,${alone.slice(1)}`),
    alone: Buffer.from(alone),
  };
}

const metadata = new RecordMetadata();

/** Reads the record that the reader stands at. */
function readRecord(reader: ProtoReader): StreamRecordRequest {
  const outer = reader.enter();
  const start = reader.pos;
  let id = '';
  let stream = '';
  let data: Buffer = noBytes;
  let schema: Schema | undefined;
  metadata.begin();
  while (reader.next()) {
    if (reader.field === 1) id = reader.latin1();
    else if (reader.field === 2) metadata.add(reader);
    else if (reader.field === 3) schema = readSchema(reader);
    else if (reader.field === 4) data = reader.bytes();
    else if (reader.field === 5) stream = reader.latin1();
    else reader.skip();
  }
  const end = reader.pos;
  reader.leave(outer);
  if (!schema) throw invalid('a record has no schema name');
  const { kind, alone } = schema;
  const event = {
    id: recordId(id),
    type: kind.type,
    contentType: kind.contentType,
    metadata: metadata.empty
      ? alone
      : (metadata.finish(schema.json) ??
        propertiesAsJson(new ProtoReader(reader.buffer, start, end), schema.properties)),
    data,
    schemaBytes: alone.length,
    kind,
  };
  return { stream, event };
}

function readSchema(reader: ProtoReader): Schema {
  const outer = reader.enter();
  let format = 0;
  let start = 0;
  let end = 0;
  while (reader.next()) {
    if (reader.field === 1) format = reader.uint32();
    else if (reader.field === 2) {
      start = reader.span();
      end = reader.pos;
    } else reader.skip();
  }
  reader.leave(outer);
  if (start === end) throw invalid('a record has no schema name');
  const known = format > 0 ? schemas[format] : undefined;
  if (!known) throw invalid(`schema format ${format} is none`);
  return known.of(reader.buffer, start, end);
}

/**
 * An absent id is made by the server; such an append cannot be recognised when it is repeated.
 */
function recordId(id: string): string {
  if (id === '') return randomUUID();
  try {
    return checkedUuid(id);
  } catch {
    throw invalid(`record id '${id}' is no UUID`);
  }
}

function readCheck(reader: ProtoReader): Check {
  const outer = reader.enter();
  let stream = '';
  // Revision 0 is the default of the field and so is not sent.
  let expected: Expected = 0;
  while (reader.next()) {
    if (reader.field !== 1) {
      reader.skip();
      continue;
    }
    const state = reader.enter();
    while (reader.next()) {
      if (reader.field === 1) stream = reader.latin1();
      else if (reader.field === 2) expected = reader.sint64();
      else reader.skip();
    }
    reader.leave(state);
  }
  reader.leave(outer);
  return { stream, expected };
}

/** The request breaks a rule that the client could have known. */
export function invalid(message: string): GrpcError {
  return new GrpcError(GrpcCode.InvalidArgument, message);
}

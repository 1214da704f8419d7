import { randomUUID } from 'node:crypto';
import { GrpcCode, GrpcError } from '../grpc/status';
import { readValueEntry } from '../protobuf/json-value';
import { ProtoReader } from '../protobuf/reader';
import { checkedUuid } from '../protobuf/shared-messages';
import { expectAny, type Expected } from '../storage/commit-check';
import type { Check } from '../storage/record-checks';
import type { ProposedEvent } from '../storage/stored-event';

/** A record and the stream it goes to. */
export interface StreamRecordRequest {
  readonly stream: Buffer;
  readonly event: ProposedEvent;
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
    if (reader.field === 1) records.push(readRecord(reader.message()));
    else if (reader.field === 2) checks.push(readCheck(reader.message()));
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
    else if (reader.field === 2) events.push(readRecord(reader.message()).event);
    else if (reader.field === 3) expected = reader.sint64();
    else reader.skip();
  }
  return { stream, expected, events };
}

function readRecord(record: ProtoReader): StreamRecordRequest {
  let id = '';
  let stream: Buffer = noBytes;
  let data: Buffer = noBytes;
  let type: Buffer = noBytes;
  let format = 0;
  let metadata: Record<string, unknown> | undefined;
  while (record.next()) {
    if (record.field === 1) id = record.string();
    else if (record.field === 2) {
      const [key, value] = readValueEntry(record.message());
      metadata ??= {};
      metadata[key] = value;
    } else if (record.field === 3) {
      const schema = record.message();
      while (schema.next()) {
        if (schema.field === 1) format = schema.uint32();
        else if (schema.field === 2) type = schema.bytes();
        else schema.skip();
      }
    } else if (record.field === 4) data = record.bytes();
    else if (record.field === 5) stream = record.bytes();
    else record.skip();
  }
  if (type.length === 0) throw invalid('a record has no schema name');
  const formatName = formats[format];
  if (!formatName) throw invalid(`schema format ${format} is none`);
  const event = {
    id: recordId(id),
    type,
    contentType: format === jsonFormat ? 'application/json' : 'application/octet-stream',
    metadata: schemaMetadata(metadata, type, formatName),
    data,
    schemaBytes: plainMetadata(type.toString('utf8'), formatName).length,
  };
  return { stream, event };
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

/** The record's properties with its schema's name and format, as the original stores them. */
function schemaMetadata(
  metadata: Record<string, unknown> | undefined,
  type: Buffer,
  format: string,
): Buffer {
  const name = type.toString('utf8');
  if (metadata) {
    metadata['$schema.name'] = name;
    metadata['$schema.format'] = format;
    return Buffer.from(JSON.stringify(metadata));
  }
  return plainMetadata(name, format);
}

let lastName = '';
let lastFormat = '';
let lastMetadata: Buffer = noBytes;

/**
 * Most records of one append have the same type and no properties: their metadata is made once.
 */
function plainMetadata(name: string, format: string): Buffer {
  if (name !== lastName || format !== lastFormat) {
    lastMetadata = Buffer.from(JSON.stringify({ '$schema.name': name, '$schema.format': format }));
    lastName = name;
    lastFormat = format;
  }
  return lastMetadata;
}

function readCheck(check: ProtoReader): Check {
  let name: Buffer = noBytes;
  // Revision 0 is the default of the field and so is not sent.
  let expected: Expected = 0;
  while (check.next()) {
    if (check.field !== 1) {
      check.skip();
      continue;
    }
    const state = check.message();
    while (state.next()) {
      if (state.field === 1) name = state.bytes();
      else if (state.field === 2) expected = state.sint64();
      else state.skip();
    }
  }
  return { name, expected };
}

/** The request breaks a rule that the client could have known. */
export function invalid(message: string): GrpcError {
  return new GrpcError(GrpcCode.InvalidArgument, message);
}

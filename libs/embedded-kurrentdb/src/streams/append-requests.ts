import { ProtoReader } from '../protobuf/reader';
import { readUuid } from '../protobuf/shared-messages';
import {
  expectAny,
  expectNoStream,
  expectStreamExists,
  type Expected,
} from '../storage/commit-check';
import type { ProposedEvent } from '../storage/stored-event';
import { readStreamIdentifier } from './read-request';
import { requiredMetadataMissing } from './refusals';

/** The stream and its expected state, as several requests carry them. */
export interface StreamOptions {
  readonly name: Buffer;
  readonly expected: Expected;
}

const noBytes = Buffer.alloc(0);
const contentTypes = ['application/json', 'application/octet-stream'];

/** Decodes `{ stream = 1, revision = 2 | no_stream = 3 | any = 4 | stream_exists = 5 }`. */
export function readStreamOptions(options: ProtoReader): StreamOptions {
  let name: Buffer = noBytes;
  let expected: Expected = expectAny;
  while (options.next()) {
    const { field } = options;
    if (field === 1) {
      name = readStreamIdentifier(options.message());
      continue;
    }
    if (field === 2) {
      expected = options.uint64();
      continue;
    }
    options.skip();
    if (field === 3) expected = expectNoStream;
    else if (field === 4) expected = expectAny;
    else if (field === 5) expected = expectStreamExists;
  }
  return { name, expected };
}

/** One message of the classic append: first the options, then the events. */
export function decodeAppendRequest(message: Buffer): {
  options?: StreamOptions;
  event?: ProposedEvent;
} {
  const reader = new ProtoReader(message);
  const request: { options?: StreamOptions; event?: ProposedEvent } = {};
  while (reader.next()) {
    if (reader.field === 1) request.options = readStreamOptions(reader.message());
    else if (reader.field === 2) request.event = readProposedEvent(reader.message());
    else reader.skip();
  }
  return request;
}

/** Decodes a proposed message of the v1 appends; bytes are views of the request. */
export function readProposedEvent(message: ProtoReader): ProposedEvent {
  let id: string | undefined;
  let type: Buffer | undefined;
  let contentType: string | undefined;
  let metadata: Buffer = noBytes;
  let data: Buffer = noBytes;
  while (message.next()) {
    if (message.field === 1) id = readUuid(message.message());
    else if (message.field === 2) {
      const [key, value] = readMapEntry(message.message());
      if (key === 'type') type = value;
      else if (key === 'content-type') contentType = value.toString('latin1');
    } else if (message.field === 3) metadata = message.bytes();
    else if (message.field === 4) data = message.bytes();
    else message.skip();
  }
  const missing = [];
  if (type === undefined) missing.push('type');
  if (contentType === undefined) missing.push('content-type');
  if (missing.length > 0) throw requiredMetadataMissing(missing);
  const known = contentTypes.includes(contentType!) ? contentType! : contentTypes[1]!;
  return { id: id ?? emptyUuid, type: type!, contentType: known, metadata, data };
}

const emptyUuid = '00000000-0000-0000-0000-000000000000';

function readMapEntry(entry: ProtoReader): [string, Buffer] {
  let key = '';
  let value: Buffer = noBytes;
  while (entry.next()) {
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = entry.bytes();
    else entry.skip();
  }
  return [key, value];
}

/** One message of a batch append's stream. */
export interface BatchMessage {
  /** The `UUID` message that names the append, as sent. */
  readonly correlation: Buffer;
  readonly options?: StreamOptions;
  /** The client gives up on the append after that many milliseconds. */
  readonly deadlineMs?: number;
  readonly events: readonly ProposedEvent[];
  readonly final: boolean;
}

/** Decodes `BatchAppendReq`. */
export function decodeBatchRequest(message: Buffer): BatchMessage {
  const reader = new ProtoReader(message);
  let correlation: Buffer = noBytes;
  let options: StreamOptions | undefined;
  let deadlineMs: number | undefined;
  let final = false;
  const events: ProposedEvent[] = [];
  while (reader.next()) {
    if (reader.field === 1) correlation = reader.bytes();
    else if (reader.field === 2) {
      const bytes = reader.bytes();
      options = readBatchOptions(bytes);
      deadlineMs = readDeadlineMs(bytes);
    } else if (reader.field === 3) events.push(readProposedEvent(reader.message()));
    else if (reader.field === 4) final = reader.bool();
    else reader.skip();
  }
  return { correlation, options, deadlineMs, events, final };
}

/** Batch options differ: the fields 3 to 5 are empty messages as above, 6 and 7 are deadlines. */
function readBatchOptions(bytes: Buffer): StreamOptions {
  return readStreamOptions(new ProtoReader(bytes));
}

function readDeadlineMs(bytes: Buffer): number | undefined {
  const options = new ProtoReader(bytes);
  let ms: number | undefined;
  while (options.next()) {
    if (options.field === 6) ms = readSeconds(options.message()) - Date.now();
    else if (options.field === 7) ms = readSeconds(options.message());
    else options.skip();
  }
  return ms;
}

/** Seconds and nanoseconds (a timestamp or a duration) in milliseconds. */
function readSeconds(message: ProtoReader): number {
  let ms = 0;
  while (message.next()) {
    if (message.field === 1) ms += message.int64() * 1000;
    else if (message.field === 2) ms += message.int64() / 1_000_000;
    else message.skip();
  }
  return ms;
}

/** Decodes the one message of a delete or a tombstone. */
export function decodeDeleteRequest(message: Buffer): StreamOptions {
  const reader = new ProtoReader(message);
  let options: StreamOptions = { name: noBytes, expected: expectAny };
  while (reader.next()) {
    if (reader.field === 1) options = readStreamOptions(reader.message());
    else reader.skip();
  }
  return options;
}

import { frame } from '../grpc/framing';
import type { ServerCall } from '../grpc/server-call';
import { GrpcCode, GrpcError } from '../grpc/status';
import { latin1FieldBytes, ProtoWriter, sint64FieldBytes } from '../protobuf/writer';
import type { AppendedStream } from '../storage/append';
import {
  expectAny,
  expectNoStream,
  expectStreamExists,
  type Expected,
} from '../storage/commit-check';
import type { EventStore } from '../storage/event-store';
import type { ProposedEvent } from '../storage/stored-event';
import { nameBytes, nameOf } from '../storage/stream-name';
import { eventBytes, eventOverheadBytes, nameBytesMax, type AppendLimits } from './limits';
import {
  consistencyViolation,
  recordTooLarge,
  revisionConflict,
  streamAlreadyInSession,
  streamTombstoned,
  transactionTooLarge,
} from './record-refusals';
import {
  decodeAppendRecords,
  decodeSessionRequest,
  invalid,
  type Check,
  type SessionRequest,
} from './record-requests';

/** Serves `StreamsService/AppendRecords`: records over any streams, all or none, under checks. */
export async function serveAppendRecords(
  call: ServerCall,
  store: EventStore,
  limits: AppendLimits,
): Promise<void> {
  const { records, checks } = decodeAppendRecords(await call.receiveOne());
  if (records.length === 0) throw invalid('an append needs at least one record');
  const expected = checkedOnce(checks);
  const streams: string[] = [];
  const indexes = new Map<string, number>();
  const size = new AppendSize(limits);
  const events = records.map(({ stream, event }) => {
    size.add(stream, event);
    let index = indexes.get(stream);
    if (index === undefined) {
      checkStreamName(stream);
      indexes.set(stream, (index = streams.length));
      streams.push(stream);
    }
    return { stream: index, event };
  });
  const outcome = await store.appendChecked({ streams, events, checks: expected }, size.bytes);
  if (outcome.kind === 'violated') throw consistencyViolation(outcome.violations);
  call.succeed(answer(outcome.streams, outcome.position));
}

/** What the checks expect, by stream; throws when they are not as checks have to be. */
function checkedOnce(checks: readonly Check[]): Map<string, Expected> {
  const byStream = new Map<string, Expected>();
  for (const { stream, expected } of checks) {
    if (stream.length === 0) throw invalid('a check names no stream');
    if (expected === expectAny) throw invalid('a check has to expect something');
    if (expected < 0 && expected !== expectNoStream && expected !== expectStreamExists) {
      throw invalid(`a check expects the unknown state ${expected}`);
    }
    const { size } = byStream;
    byStream.set(stream, expected);
    if (byStream.size === size) throw invalid(`stream '${nameOf(stream)}' is checked twice`);
  }
  return byStream;
}

/** The original fails over an empty name with UNKNOWN. */
function checkStreamName(name: string | Buffer): void {
  if (name.length === 0) throw new GrpcError(GrpcCode.Unknown, 'a record names no stream');
  if (name.length > nameBytesMax)
    throw invalid(`a stream's name has at most ${nameBytesMax} bytes`);
}

/** Serves `StreamsService/AppendSession`: one message per stream, all or none. */
export async function serveAppendSession(
  call: ServerCall,
  store: EventStore,
  limits: AppendLimits,
): Promise<void> {
  const requests: SessionRequest[] = [];
  const seen = new Set<string>();
  const size = new AppendSize(limits);
  // Until the client has sent its last request there is nothing that a stopping server could finish.
  call.lasting = true;
  for (let message = await call.receive(); message; message = await call.receive()) {
    const request = decodeSessionRequest(message);
    const key = request.stream.toString('latin1');
    if (request.stream.length === 0) throw invalid('a request names no stream');
    checkStreamName(request.stream);
    if (request.events.length === 0) throw invalid('a request of a session has no records');
    if (seen.has(key)) throw streamAlreadyInSession(request.stream);
    seen.add(key);
    for (const event of request.events) size.add(key, event);
    call.hold(message.length + request.events.length * eventOverheadBytes);
    requests.push(request);
  }
  call.lasting = false;
  call.letGo();
  if (requests.length === 0) {
    throw new GrpcError(GrpcCode.FailedPrecondition, 'an append session needs a request');
  }
  const streams = requests.map(({ stream, expected }) => ({ name: stream, expected }));
  const events = requests.flatMap((request, stream) =>
    request.events.map((event) => ({ stream, event })),
  );
  const outcome = await store.append({ streams, events }, size.bytes);
  if (outcome.kind === 'appended') {
    return call.succeed(answer(outcome.streams, outcome.position));
  }
  const { name, expected } = streams[outcome.stream]!;
  if (outcome.decision.kind === 'deleted') throw streamTombstoned(name);
  throw revisionConflict(name, expected, outcome.decision.current);
}

/** Both services answer `{ streams = 1 [{ stream = 1, revision = 2 }], position = 2 }`. */
function answer(streams: readonly AppendedStream[], position: number | undefined): Buffer {
  const message = new ProtoWriter();
  for (const { stream, revision } of streams) {
    const bytes = latin1FieldBytes(stream) + sint64FieldBytes(revision);
    message.begin(1, bytes).latin1(1, stream).sint64(2, revision);
  }
  return frame(message.sint64(2, position ?? -1).finish());
}

/** Adds up what an append's records count for and refuses what is too large. */
class AppendSize {
  bytes = 0;

  constructor(private readonly limits: AppendLimits) {}

  add(stream: string, event: ProposedEvent): void {
    const bytes = eventBytes(event);
    if (bytes > this.limits.recordBytesMax) {
      throw recordTooLarge(nameBytes(stream), event.id, bytes, this.limits.recordBytesMax);
    }
    if (event.type.length > nameBytesMax) {
      throw invalid(`a schema name has at most ${nameBytesMax} bytes`);
    }
    this.bytes += bytes;
    if (this.bytes > this.limits.appendBytesMax) {
      throw transactionTooLarge(this.bytes, this.limits.appendBytesMax);
    }
  }
}

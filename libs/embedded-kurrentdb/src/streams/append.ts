import type { ServerCall } from '../grpc/server-call';
import { GrpcCode, GrpcError } from '../grpc/status';
import { MalformedMessageError } from '../protobuf/malformed-message';
import type { EventStore } from '../storage/event-store';
import type { ProposedEvent } from '../storage/stored-event';
import { appendConflicted, appendSucceeded, deleted } from './append-answers';
import { decodeAppendRequest, decodeDeleteRequest, type StreamOptions } from './append-requests';
import { eventBytes, eventOverheadBytes, nameBytesMax, type AppendLimits } from './limits';
import { maximumAppendSizeExceeded, streamDeleted, wrongExpectedVersion } from './refusals';

/** Serves `Streams/Append`: the options, then the events, one message each. */
export async function serveAppend(
  call: ServerCall,
  store: EventStore,
  limits: AppendLimits,
): Promise<void> {
  let options: StreamOptions | undefined;
  const events: ProposedEvent[] = [];
  let bytes = 0;
  // Until the client has sent the last event there is nothing that a stopping server could finish.
  call.lasting = true;
  for (let message = await call.receive(); message; message = await call.receive()) {
    const request = decodeAppendRequest(message);
    if (request.options) options = request.options;
    if (!request.event) continue;
    call.hold(message.length + eventOverheadBytes);
    events.push(request.event);
    bytes += checkedBytes(request.event, limits);
    if (bytes > limits.appendBytesMax) throw maximumAppendSizeExceeded(limits.appendBytesMax);
  }
  call.lasting = false;
  call.letGo();
  if (!options) throw new MalformedMessageError('an append without options');
  checkName(options.name);
  const outcome = await store.append(singleStream(options, events), bytes);
  if (outcome.kind === 'appended') return call.succeed(appendSucceeded(outcome));
  if (outcome.decision.kind === 'deleted') throw streamDeleted(options.name);
  call.succeed(appendConflicted(options.expected, outcome.decision));
}

/** Serves `Streams/Delete` and `Streams/Tombstone`. */
export async function serveDelete(
  call: ServerCall,
  store: EventStore,
  forEver: boolean,
): Promise<void> {
  const { name, expected } = decodeDeleteRequest(await call.receiveOne());
  checkName(name);
  const outcome = await store.delete(name, expected, forEver);
  if (outcome.kind === 'appended') return call.succeed(deleted(outcome.position));
  if (outcome.decision.kind === 'deleted') throw streamDeleted(name);
  throw wrongExpectedVersion(name, expected, outcome.decision.current);
}

/** An append to one stream. */
export function singleStream(options: StreamOptions, events: readonly ProposedEvent[]) {
  return { streams: [options], events: events.map((event) => ({ stream: 0, event })) };
}

/** Bytes that the event counts for; throws when it is larger than a record may be. */
export function checkedBytes(event: ProposedEvent, limits: AppendLimits): number {
  const bytes = eventBytes(event);
  if (bytes > limits.recordBytesMax) throw maximumAppendSizeExceeded(limits.recordBytesMax);
  if (event.type.length > nameBytesMax) {
    throw new GrpcError(
      GrpcCode.InvalidArgument,
      `an event type has at most ${nameBytesMax} bytes`,
    );
  }
  return bytes;
}

/** Refuses names that no stream can have. */
export function checkName(name: Buffer): void {
  if (name.length === 0) {
    throw new GrpcError(GrpcCode.InvalidArgument, 'the name of the stream is empty');
  }
  if (name.length > nameBytesMax) {
    throw new GrpcError(
      GrpcCode.InvalidArgument,
      `a stream's name has at most ${nameBytesMax} bytes`,
    );
  }
}

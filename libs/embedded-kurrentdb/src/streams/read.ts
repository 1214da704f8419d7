import type { ServerCall } from '../grpc/server-call';
import { frame } from '../grpc/framing';
import { GrpcCode, GrpcError } from '../grpc/status';
import { ProtoWriter } from '../protobuf/writer';
import { passes } from '../storage/event-filter';
import type { EventStore } from '../storage/event-store';
import { resolvedFrame, resolveLink } from '../storage/link-resolver';
import { Page } from '../storage/page';
import { EventFlag, type StoredEvent } from '../storage/stored-event';
import { checkName } from './append';
import { decodeReadRequest, type ReadRequest } from './read-request';
import { streamDeleted } from './refusals';
import { subscribeToAll, subscribeToStream } from './subscribe';

const pageEventsMax = 512;
const pageBytesMax = 64 * 1024;

/** Serves `Streams/Read`: reads and catch-up subscriptions, of a stream or of the whole log. */
export async function serveRead(call: ServerCall, store: EventStore): Promise<void> {
  const request = decodeReadRequest(await call.receiveOne());
  if (request.stream) checkName(request.stream);
  if (request.count === undefined) {
    if (request.stream) await subscribeToStream(call, store, request, request.stream);
    else await subscribeToAll(call, store, request);
    return;
  }
  if (request.count === 0) {
    throw new GrpcError(GrpcCode.Unknown, 'the number of events to read must not be 0');
  }
  if (request.stream) await readStream(call, store, request, request.stream);
  else await readAll(call, store, request);
}

async function readStream(
  call: ServerCall,
  store: EventStore,
  request: ReadRequest,
  name: Buffer,
): Promise<void> {
  let left = request.count!;
  let next = firstRevision(request);
  while (left > 0) {
    const view = store.streams.view(name);
    if (view.kind === 'deleted') throw streamDeleted(name);
    if (view.kind === 'none') return call.succeed(streamNotFound(name));
    const { record } = view;
    const page = new Page(Math.min(left, pageEventsMax), pageBytesMax);
    const sink = (event: StoredEvent): boolean => {
      addEvent(page, store, event, request.resolveLinks);
      return !page.full;
    };
    next = request.backwards
      ? store.streams.backwards(record, next, sink, page.settle)
      : store.streams.forwards(record, next, sink, page.settle);
    left -= page.count;
    const done = request.backwards ? next < 0 : next > record.lastRevision;
    if (done || left === 0) return endWith(call, page);
    await sendPage(call, page);
    if (call.over) return;
  }
}

function firstRevision({ from }: ReadRequest): number {
  if (from === 'start') return 0;
  return from === 'end' ? Infinity : from;
}

async function readAll(call: ServerCall, store: EventStore, request: ReadRequest): Promise<void> {
  let left = request.count!;
  let next = firstPositionOf(store, request.from);
  while (left > 0) {
    const page = new Page(Math.min(left, pageEventsMax), pageBytesMax);
    const sink = (event: StoredEvent): boolean => {
      if (request.filter && !passes(request.filter, event)) return true;
      addEvent(page, store, event, request.resolveLinks);
      return !page.full;
    };
    const read = request.backwards
      ? store.log.backwards(next, sink)
      : store.log.forwards(next, sink, page.settle);
    next = read.next;
    left -= page.count;
    if (read.done || left === 0) return endWith(call, page);
    await sendPage(call, page);
    if (call.over) return;
  }
}

/** Where to begin in the log; throws for a position that lies inside an event. */
export function firstPositionOf(store: EventStore, from: ReadRequest['from']): number {
  if (from === 'start') return 0;
  if (from === 'end') return store.log.end;
  if (!store.log.isPosition(from)) {
    throw new GrpcError(GrpcCode.Unknown, `there is no event at position ${from}`);
  }
  return from;
}

/** Adds the event to the page, with its link's target where that is asked for. */
export function addEvent(
  page: Page,
  store: EventStore,
  event: StoredEvent,
  resolve: boolean,
): void {
  if (!resolve || !(event.flags & EventFlag.Link)) {
    page.add(event);
    return;
  }
  // Looking the target up overwrites the memory of events that were only added as views.
  page.settle();
  const resolved = resolveLink(store.streams, event);
  if (resolved) page.addFrame(resolvedFrame(resolved));
  else page.add(event);
}

/** Sends a page, waits for a slow reader and lets other calls have their turn. */
async function sendPage(call: ServerCall, page: Page): Promise<void> {
  if (page.empty || call.send(page.bytes, page.release)) return nextTurn();
  // How long it takes from here on is the reader's choice, and a stop must not wait for that.
  call.lasting = true;
  await call.drained();
}

function endWith(call: ServerCall, page: Page): void {
  if (page.empty) call.succeed();
  else call.succeed(page.bytes, page.release);
}

/** Lets everything else that waits have its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function streamNotFound(name: Buffer): Buffer {
  const message = new ProtoWriter().message(4, (notFound) =>
    notFound.message(1, (identifier) => identifier.bytes(3, name)),
  );
  return frame(message.finish());
}

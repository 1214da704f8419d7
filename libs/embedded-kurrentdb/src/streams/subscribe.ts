import { randomUUID } from 'node:crypto';
import { frame } from '../grpc/framing';
import type { ServerCall } from '../grpc/server-call';
import { positionOf, timestampNow } from '../protobuf/shared-messages';
import { ProtoWriter } from '../protobuf/writer';
import { mayPass, passes } from '../storage/event-filter';
import type { EventStore } from '../storage/event-store';
import { Page } from '../storage/page';
import type { StoredEvent } from '../storage/stored-event';
import type { CommittedGroup } from '../storage/watchers';
import { addEvent, firstPositionOf, nextTurn } from './read';
import type { ReadRequest } from './read-request';
import { streamDeleted } from './refusals';
import { Wake } from './wake';

const pageEventsMax = 512;
const pageBytesMax = 64 * 1024;

// The original sends the live events of one append to a stream one after the other; a client that
// leaves after the second never sees the third. A few at once are spread the same way; more are
// not.
const pacedPage = 2;
const pacedMs = 2;
const pacedEventsMax = 8;

/**
 * Serves a catch-up subscription to one stream: what is there, then what comes, until the call
 * ends.
 */
export async function subscribeToStream(
  call: ServerCall,
  store: EventStore,
  request: ReadRequest,
  name: Buffer,
): Promise<void> {
  if (store.streams.view(name).kind === 'deleted') throw streamDeleted(name);
  let next = 0;
  if (request.from === 'end') next = store.streams.lastRevision(name) + 1;
  else if (request.from !== 'start') next = request.from + 1;
  call.send(confirmation());
  const progress = new Progress(call);
  await whileWatched(
    call,
    (wake) => store.watchers.watchStream(name, wake),
    async () => {
      const view = store.streams.view(name);
      const waiting = view.kind === 'readable' ? view.record.lastRevision + 1 - next : 0;
      const paced = progress.live && waiting <= pacedEventsMax;
      const page = new Page(paced ? pacedPage : pageEventsMax, pageBytesMax);
      if (view.kind === 'deleted') {
        const tombstone = store.streams.tombstone(name);
        if (tombstone) page.add(tombstone);
        call.send(page.bytes);
        throw streamDeleted(name);
      }
      let more = false;
      if (view.kind === 'readable') {
        const sink = (event: StoredEvent): boolean => {
          addEvent(page, store, event, request.resolveLinks);
          return !page.full;
        };
        next = store.streams.forwards(view.record, next, sink, page.settle);
        more = next <= view.record.lastRevision;
      }
      await progress.send(page, more, (state) => state.uint64(2, Math.max(0, next - 1)));
      if (paced && more) await new Promise((resolve) => setTimeout(resolve, pacedMs));
      return more;
    },
  );
}

/** Serves a catch-up subscription to the whole log, filtered or not. */
export async function subscribeToAll(
  call: ServerCall,
  store: EventStore,
  request: ReadRequest,
): Promise<void> {
  const { filter, from, checkpointInterval } = request;
  const first = firstPositionOf(store, from);
  const after = typeof from === 'number' ? from : -1;
  let next = first;
  let unreported = 0;
  let last = first;
  call.send(confirmation());
  const progress = new Progress(call);
  // Who follows a few events of a busy log would read all of it again.
  const passOver = (group: CommittedGroup): boolean => {
    if (!filter || !progress.live || group.start !== next) return false;
    if (unreported + group.eventCount >= checkpointInterval || mayPass(filter, group)) return false;
    next = group.end;
    last = group.last;
    unreported += group.eventCount;
    return true;
  };
  await whileWatched(
    call,
    (wake) => store.watchers.watchLog((group) => void (passOver(group) || wake())),
    async () => {
      const page = new Page(pageEventsMax, pageBytesMax);
      const sink = (event: StoredEvent): boolean => {
        const { position } = event;
        if (position <= after) return true;
        last = position;
        if (!filter) {
          addEvent(page, store, event, request.resolveLinks);
          return !page.full;
        }
        if (passes(filter, event)) addEvent(page, store, event, request.resolveLinks);
        if (++unreported >= checkpointInterval) {
          unreported = 0;
          page.addMessage(checkpoint(position));
        }
        return !page.full;
      };
      const read = store.log.forwards(next, sink, page.settle);
      next = read.next;
      const more = !read.done;
      if (!more && unreported > 0 && !progress.live) {
        unreported = 0;
        page.addMessage(checkpoint(last));
      }
      await progress.send(page, more, (state) => state.message(3, positionOf(last)));
      return more;
    },
  );
}

/** Runs a step again and again: at once while it says there is more, else when there is news. */
async function whileWatched(
  call: ServerCall,
  watch: (listener: () => void) => () => void,
  step: () => Promise<boolean>,
): Promise<void> {
  call.lasting = true;
  const wake = new Wake();
  const unwatch = watch(wake.signal);
  call.onOver(wake.signal);
  try {
    while (!call.over) {
      wake.begin();
      if (await step()) continue;
      await wake.sleep();
    }
  } finally {
    unwatch();
  }
}

/** Sends pages and tells the client when it has caught up and when it fell behind again. */
class Progress {
  live = false;
  private slow = false;

  constructor(private readonly call: ServerCall) {}

  /** Adds the news to the page, with what `state` says about how far it goes, and sends it. */
  async send(
    page: Page,
    more: boolean,
    state: (writer: ProtoWriter) => ProtoWriter,
  ): Promise<void> {
    if (!more && !this.live) {
      this.live = true;
      this.slow = false;
      page.addMessage(news(8, state));
    } else if (more && this.live && this.slow) {
      this.live = false;
      page.addMessage(news(9, state));
    }
    if (!page.empty && !this.call.send(page.bytes, page.release)) {
      this.slow = true;
      await this.call.drained();
    } else if (more) await nextTurn();
  }
}

/** `CaughtUp` (8) or `FellBehind` (9). */
function news(field: number, state: (writer: ProtoWriter) => ProtoWriter): Buffer {
  const message = new ProtoWriter().message(field, (body) => state(body.message(1, timestampNow)));
  return frame(message.finish());
}

function confirmation(): Buffer {
  const message = new ProtoWriter().message(2, (confirmed) => confirmed.string(1, randomUUID()));
  return frame(message.finish());
}

function checkpoint(position: number): Buffer {
  const message = new ProtoWriter().message(3, (reached) => {
    positionOf(position)(reached);
    reached.message(3, timestampNow);
  });
  return frame(message.finish());
}

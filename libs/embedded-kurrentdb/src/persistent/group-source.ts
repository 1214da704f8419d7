import { passes, type EventFilter } from '../storage/event-filter';
import type { EventStore } from '../storage/event-store';
import type { StoredEvent } from '../storage/stored-event';
import type { ReadPage, SourceMessage } from './consumer-group';
import { bytesOf, copyOf, groupEvent, type GroupEvent } from './group-event';
import { allStream } from './requests';

const pageBytesMax = 4 * 1024 * 1024;
const ownStreams = Buffer.from('$persistentsubscription-$all::');
const ownSuffixes = [Buffer.from('-checkpoint'), Buffer.from('-parked')];

/** Where a group's events come from: one stream, or the log through a filter. */
export interface GroupSource {
  /** Place of the last event that is there now; -1 when there is none. */
  lastPlace(): bigint;
  /** Reads on behind a place. */
  read(after: bigint, count: number, resolveLinkTos: boolean): ReadPage<GroupEvent>;
  /** Calls back when there may be more, until the returned function is called. */
  watch(listener: () => void): () => void;
}

/** The source of that name. */
export function groupSource(
  store: EventStore,
  stream: string,
  filter: EventFilter | undefined,
): GroupSource {
  return stream === allStream ? new LogSource(store, filter) : new StreamSource(store, stream);
}

/** Collects copies until a page is full; links are followed only afterwards, by `messages`. */
class Collected {
  readonly events: StoredEvent[] = [];
  bytes = 0;

  constructor(private readonly count: number) {}

  /** False when the page is full. */
  add(event: StoredEvent): boolean {
    const copy = copyOf(event);
    this.events.push(copy);
    this.bytes += copy.block.length;
    return this.events.length < this.count && this.bytes < pageBytesMax;
  }

  messages(
    store: EventStore,
    resolveLinkTos: boolean,
    placeOf: (event: StoredEvent) => number,
  ): SourceMessage<GroupEvent>[] {
    return this.events.map((copy) => {
      const event = groupEvent(store.streams, copy, resolveLinkTos);
      return { event, id: copy.id, place: BigInt(placeOf(copy)), bytes: bytesOf(event) };
    });
  }
}

/** One stream; places are revisions. Also reads a group's stream of parked messages. */
export class StreamSource implements GroupSource {
  private readonly name: Buffer;

  constructor(
    private readonly store: EventStore,
    stream: string,
  ) {
    this.name = Buffer.from(stream);
  }

  lastPlace(): bigint {
    return BigInt(this.store.streams.lastRevision(this.name));
  }

  /** Revision of the first event that can be read, and the one behind the last. */
  extent(): { first: bigint; end: bigint } {
    const view = this.store.streams.view(this.name);
    if (view.kind !== 'readable') return { first: 0n, end: 0n };
    const { firstRevision, lastRevision } = view.record;
    return { first: BigInt(firstRevision), end: BigInt(lastRevision) + 1n };
  }

  read(after: bigint, count: number, resolveLinkTos: boolean): ReadPage<GroupEvent> {
    const view = this.store.streams.view(this.name);
    if (view.kind !== 'readable') return { messages: [], after, atEnd: true };
    const collected = new Collected(count);
    const from = Number(after) + 1;
    const next = this.store.streams.forwards(view.record, from, (event) => collected.add(event));
    return {
      messages: collected.messages(this.store, resolveLinkTos, (event) => event.revision),
      after: BigInt(next) - 1n,
      atEnd: next > view.record.lastRevision,
    };
  }

  watch(listener: () => void): () => void {
    return this.store.watchers.watchStream(this.name, listener);
  }
}

/** The whole log, or what a filter lets pass of it; places are positions. */
class LogSource implements GroupSource {
  constructor(
    private readonly store: EventStore,
    private readonly filter: EventFilter | undefined,
  ) {}

  lastPlace(): bigint {
    return BigInt(this.store.log.end) - 1n;
  }

  read(after: bigint, count: number, resolveLinkTos: boolean): ReadPage<GroupEvent> {
    const collected = new Collected(count);
    let leftOut = { upTo: 0n, count: 0 };
    const { next, done } = this.store.log.forwards(Number(after) + 1, (event) => {
      if (this.delivers(event)) {
        leftOut = { upTo: 0n, count: 0 };
        return collected.add(event);
      }
      leftOut = { upTo: BigInt(event.position), count: leftOut.count + 1 };
      return true;
    });
    return {
      messages: collected.messages(this.store, resolveLinkTos, (event) => event.position),
      after: BigInt(next) - 1n,
      atEnd: done,
      ...(leftOut.count > 0 ? { leftOut } : {}),
    };
  }

  watch(listener: () => void): () => void {
    return this.store.watchers.watchLog(listener);
  }

  /** What groups of the log write themselves is never delivered, or it would never end. */
  private delivers(event: StoredEvent): boolean {
    const isOwn =
      event.nameStartsWith(ownStreams) &&
      ownSuffixes.some((suffix) => endsWith(event.streamName, suffix));
    return !isOwn && (!this.filter || passes(this.filter, event));
  }
}

const endsWith = (text: Buffer, end: Buffer) =>
  text.length >= end.length &&
  text.compare(end, 0, end.length, text.length - end.length, text.length) === 0;

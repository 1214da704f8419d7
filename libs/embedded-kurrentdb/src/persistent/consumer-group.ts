import { Consumer, type ConsumerIdentity } from './consumer';
import { makeStrategy, type AffinityOf, type ConsumerStrategy } from './consumer-strategy';
import { strategyOf, type GroupSettings } from './group-settings';
import type { GroupEffect, GroupMessage, LeftOut } from './group-message';
import { MessageBuffer, type Turn } from './message-buffer';
import { Progress } from './progress';

/** What a consumer may say of an event it could not handle. */
export type NackAction = 'unknown' | 'park' | 'retry' | 'skip' | 'stop';

/** An event as read from the store, before the group handles it. */
export interface SourceMessage<E> {
  readonly event: E;
  readonly id: string;
  readonly place: bigint;
  readonly bytes: number;
}

/** The result of one read effect. */
export interface ReadPage<E> {
  readonly messages: readonly SourceMessage<E>[];
  /** Where the next read continues (exclusive). */
  readonly after: bigint;
  readonly atEnd: boolean;
  /** Events that the filter left out behind the last message of the page. */
  readonly leftOut?: LeftOut;
}

/** Where a group stands when it is opened. */
export interface GroupStart {
  /** The stored checkpoint, if there is one. */
  readonly checkpoint: bigint | undefined;
  /** Read from here (exclusive). */
  readonly after: bigint;
  /** Begins at the end of its source. */
  readonly live: boolean;
}

interface Outstanding<E> {
  readonly message: GroupMessage<E>;
  readonly expiresAt: number;
}

const pageMax = 500;
const pageDefault = 20;
/** Payload bytes a group may hold before it stops reading; one page may lie above it. */
const heldBytesMax = 16 * 1024 * 1024;

/**
 * The state machine of one consumer group: reads, answers and clock ticks go in, effects come out.
 * It has no clock, no I/O and no knowledge of the protocol; every method returns what is to be done.
 * Longer than the usual file because its parts share one state and make no sense apart.
 */
export class ConsumerGroup<E> {
  readonly #consumers = new Map<string, Consumer<E>>();
  readonly #strategy: ConsumerStrategy<E>;
  readonly #buffer = new MessageBuffer<E>();
  readonly #progress: Progress;
  readonly #outstanding = new Map<string, Outstanding<E>>();
  #effects: GroupEffect<E>[] = [];
  #after: bigint;
  #reading = false;
  #live: boolean;
  #moreArrived: boolean;
  #replayUpTo: bigint | undefined;
  #replayFrom = 0n;
  #readingParked = false;
  #heldBytes = 0;
  #liveSeen = 0;
  #totalItems = 0;
  #lastKnown: bigint | undefined;
  #closed = false;

  constructor(
    private readonly settings: GroupSettings,
    start: GroupStart,
    affinityOf: AffinityOf<E>,
  ) {
    this.#strategy = makeStrategy(strategyOf(settings), affinityOf);
    this.#after = start.after;
    this.#live = start.live;
    this.#moreArrived = !start.live;
    this.#progress = new Progress(
      {
        afterMs: settings.checkpointAfterMs,
        minCount: settings.minCheckpointCount,
        maxCount: settings.maxCheckpointCount,
      },
      start.checkpoint,
    );
  }

  get consumers(): ReadonlyMap<string, Consumer<E>> {
    return this.#consumers;
  }

  get isFull(): boolean {
    const max = this.settings.maxSubscriberCount;
    return max !== 0 && this.#consumers.size >= max;
  }

  /** Counters as they stand, for the group's information. */
  get counts() {
    return {
      fresh: this.#buffer.freshCount,
      retry: this.#buffer.retryCount,
      live: Math.min(this.#liveSeen, this.settings.liveBufferSize),
      outstanding: this.#outstanding.size,
      totalItems: this.#totalItems,
      lastKnown: this.#lastKnown,
      checkpoint: this.#progress.checkpoint,
    };
  }

  get status(): string {
    const parts = [this.#live ? 'Live' : 'Behind'];
    if (this.#reading) parts.push('OutstandingPageRequest');
    if (this.#replayUpTo !== undefined) parts.push('ReplayingParkedMessages');
    return parts.sort((a, b) => statusOrder.indexOf(a) - statusOrder.indexOf(b)).join(', ');
  }

  /** Begins to read. */
  open(now: number): GroupEffect<E>[] {
    return this.#settle(now);
  }

  /** Something new may be there to read. */
  sourceGrew(now: number): GroupEffect<E>[] {
    this.#moreArrived = true;
    return this.#settle(now);
  }

  connect(identity: ConsumerIdentity, now: number): GroupEffect<E>[] {
    const consumer = new Consumer<E>(identity, this.settings.extraStatistics);
    this.#consumers.set(identity.id, consumer);
    this.#strategy.added(consumer);
    return this.#settle(now);
  }

  /** What the consumer had not answered goes to others, with a higher retry count. */
  disconnect(id: string, now: number): GroupEffect<E>[] {
    const consumer = this.#consumers.get(id);
    if (!consumer) return [];
    this.#consumers.delete(id);
    this.#strategy.removed(consumer);
    const lost = [...consumer.unconfirmed.values()];
    for (const message of lost) {
      if (this.#outstanding.delete(message.id)) this.#retry(message);
    }
    return this.#settle(now);
  }

  acknowledge(ids: readonly string[], now: number): GroupEffect<E>[] {
    for (const id of ids) this.#finish(id, now);
    return this.#settle(now);
  }

  /** A negative answer; 'stop' is treated like 'skip', as the real server does. */
  refuse(
    ids: readonly string[],
    action: NackAction,
    reason: string,
    now: number,
  ): GroupEffect<E>[] {
    for (const id of ids) {
      const held = this.#outstanding.get(id);
      if (!held || action === 'skip' || action === 'stop') this.#finish(id, now);
      else if (action === 'park') {
        this.#park(held.message, `Client explicitly NAK'ed message.\n${reason}`, now);
      } else this.#retryOrPark(held.message, now);
    }
    return this.#settle(now);
  }

  /** The parked message is stored: only now may a checkpoint pass it. */
  parked(message: GroupMessage<E>, now: number): GroupEffect<E>[] {
    this.#release(message);
    return this.#settle(now);
  }

  /** It could not be stored, so it is not lost but tried again. */
  parkFailed(message: GroupMessage<E>, now: number): GroupEffect<E>[] {
    this.#retry(message);
    return this.#settle(now);
  }

  pageRead(page: ReadPage<E>, now: number): GroupEffect<E>[] {
    if (!this.#reading) return [];
    this.#reading = false;
    if (this.#closed) return [];
    for (const source of page.messages) this.#admit(source);
    const last = page.messages.at(-1);
    if (last) this.#lastKnown = last.place;
    if (page.leftOut && !this.#buffer.leaveOut(page.leftOut)) {
      this.#progress.passed(page.leftOut.upTo, page.leftOut.count);
    }
    this.#after = page.after;
    if (page.atEnd) this.#live = true;
    else this.#moreArrived = true;
    return this.#settle(now);
  }

  /** Puts the messages of the parked stream before `upTo` back into the group. */
  replay(upTo: bigint, from: bigint, now: number): GroupEffect<E>[] {
    if (this.#replayUpTo !== undefined || upTo <= from) return [];
    this.#replayUpTo = upTo;
    this.#replayFrom = from;
    return this.#settle(now);
  }

  parkedRead(page: ReadPage<E>, now: number): GroupEffect<E>[] {
    if (!this.#readingParked || this.#replayUpTo === undefined) return [];
    this.#readingParked = false;
    for (const source of page.messages) {
      this.#heldBytes += source.bytes;
      this.#buffer.addRetry({ ...source, retryCount: 0, replayed: true });
    }
    this.#replayFrom = page.after + 1n;
    if (page.atEnd || this.#replayFrom >= this.#replayUpTo) {
      this.#effects.push({ kind: 'parked-replayed', upTo: this.#replayUpTo });
      this.#replayUpTo = undefined;
    }
    return this.#settle(now);
  }

  /** Time passed: unanswered messages are tried again, and a checkpoint may be due. */
  tick(now: number): GroupEffect<E>[] {
    for (const held of this.#outstanding.values()) {
      if (held.expiresAt > now) break;
      this.#retryOrPark(held.message, now);
    }
    return this.#settle(now, true);
  }

  /** How far the group came beyond its stored checkpoint; undefined when that says it all. */
  unstoredProgress(): bigint | undefined {
    return this.#progress.unstored();
  }

  /** Ends the group: every consumer is dropped and later answers mean nothing. */
  close(): GroupEffect<E>[] {
    this.#closed = true;
    for (const id of this.#consumers.keys()) this.#effects.push({ kind: 'drop', consumer: id });
    this.#consumers.clear();
    return this.#take();
  }

  #admit(source: SourceMessage<E>): void {
    if (this.#live) this.#liveSeen++;
    this.#heldBytes += source.bytes;
    this.#buffer.addFresh({ ...source, retryCount: 0, replayed: false });
  }

  /** Ends every input: stores what is due, sends what can be sent, reads what there is room for. */
  #settle(now: number, isClockTick = false): GroupEffect<E>[] {
    if (this.#closed) return [];
    this.#push(now);
    const place = this.#progress.due(now, isClockTick);
    if (place !== undefined) this.#effects.push({ kind: 'checkpoint', place });
    this.#readMore();
    return this.#take();
  }

  #push(now: number): void {
    if (this.#consumers.size === 0) return;
    if (this.#buffer.offerRetries((message) => this.#offer(message, now)) === 'stop') return;
    for (;;) {
      const queued = this.#buffer.peekFresh();
      if (!queued) return;
      const choice = this.#strategy.choose(queued.message);
      if (choice === 'full') return;
      this.#buffer.dropFresh();
      const tracked = choice === 'busy' || !this.#outstanding.has(queued.message.id);
      const sequence = this.#progress.sent(queued.message.place, tracked);
      if (queued.leftOut) this.#progress.passed(queued.leftOut.upTo, queued.leftOut.count);
      const message = { ...queued.message, sequence };
      if (choice === 'busy') this.#buffer.addRetryLast(message);
      else this.#deliver(choice, message, now);
    }
  }

  #offer(message: GroupMessage<E>, now: number): Turn {
    const choice = this.#strategy.choose(message);
    if (choice === 'full') return 'stop';
    if (choice === 'busy') return 'wait';
    this.#deliver(choice, message, now);
    return 'sent';
  }

  #deliver(consumer: Consumer<E>, message: GroupMessage<E>, now: number): void {
    consumer.take(message, now);
    this.#strategy.sent(consumer, message);
    this.#totalItems++;
    if (this.#outstanding.has(message.id)) {
      // Two events with one id: the first answer settles both, so only the first is tracked.
      this.#release(message);
    } else {
      const expiresAt = now + this.settings.messageTimeoutMs;
      this.#outstanding.set(message.id, { message, expiresAt });
    }
    this.#effects.push({ kind: 'deliver', consumer: consumer.identity.id, message });
  }

  #finish(id: string, now: number): void {
    const held = this.#withdraw(id, now);
    if (held) this.#release(held);
  }

  #retryOrPark(message: GroupMessage<E>, now: number): void {
    if (message.retryCount >= this.settings.maxRetryCount) {
      this.#park(message, `Reached retry count of ${this.settings.maxRetryCount}`, now);
    } else if (this.#withdraw(message.id, now)) this.#retry(message);
  }

  #park(message: GroupMessage<E>, reason: string, now: number): void {
    if (this.#withdraw(message.id, now)) this.#effects.push({ kind: 'park', message, reason });
  }

  #retry(message: GroupMessage<E>): void {
    this.#buffer.addRetry({ ...message, retryCount: message.retryCount + 1 });
  }

  /** Takes a message back from its consumer, so that its slot is free again. */
  #withdraw(id: string, now: number): GroupMessage<E> | undefined {
    const held = this.#outstanding.get(id);
    this.#outstanding.delete(id);
    for (const consumer of this.#consumers.values()) {
      const message = consumer.confirm(id, now);
      if (message) this.#strategy.confirmed(consumer, message);
    }
    return held?.message;
  }

  /** The message is done with: its place may be passed and its bytes are free. */
  #release(message: GroupMessage<E>): void {
    this.#heldBytes -= message.bytes;
    this.#progress.settled(message.sequence);
  }

  #readMore(): void {
    const buffered = this.#buffer.freshCount + this.#buffer.retryCount;
    const room = this.settings.historyBufferSize - buffered;
    const hasRoom = room > this.settings.readBatchSize && this.#heldBytes < heldBytesMax;
    const count = Math.min(this.settings.readBatchSize || pageDefault, pageMax);
    if (this.#replayUpTo !== undefined && !this.#readingParked && (hasRoom || buffered === 0)) {
      this.#readingParked = true;
      const left = Number(this.#replayUpTo - this.#replayFrom);
      const parkedCount = Math.min(count, left);
      this.#effects.push({ kind: 'read-parked', from: this.#replayFrom, count: parkedCount });
    }
    if (!this.#moreArrived || this.#reading) return;
    if (!hasRoom) {
      this.#live = false;
      return;
    }
    this.#reading = true;
    this.#moreArrived = false;
    this.#effects.push({ kind: 'read', after: this.#after, count });
  }

  #take(): GroupEffect<E>[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}

const statusOrder = ['Behind', 'OutstandingPageRequest', 'ReplayingParkedMessages', 'Live'];

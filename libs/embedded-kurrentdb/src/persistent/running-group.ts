import type { EventFilter } from '../storage/event-filter';
import type { EventStore } from '../storage/event-store';
import type { ConsumerIdentity } from './consumer';
import { ConsumerGroup, type NackAction } from './consumer-group';
import { affinityOf, type GroupEvent } from './group-event';
import { Meter } from './group-information';
import type { GroupEffect, GroupMessage } from './group-message';
import type { GroupSettings } from './group-settings';
import { groupSource, type GroupSource } from './group-source';
import { GroupStreams } from './group-streams';
import type { GroupName } from './requests';

/** The connection of a consumer, as a group uses it. */
export interface ConsumerConnection {
  deliver(message: GroupMessage<GroupEvent>): void;
  /** The group is gone or was changed: the consumer has to connect again. */
  dropped(): void;
}

/** What defines a group; kept in the catalogue across restarts. */
export interface GroupDefinition extends GroupName {
  readonly settings: GroupSettings;
  readonly filter: EventFilter | undefined;
  /** For a group that starts from the end: what was there when it was made. */
  readonly startedAfter: bigint;
}

/** A consumer group at work: performs what its state machine asks for on the store and the calls. */
export class RunningGroup {
  readonly meter = new Meter(performance.now());
  readonly streams: GroupStreams;
  readonly state: ConsumerGroup<GroupEvent>;
  private readonly source: GroupSource;
  private readonly connections = new Map<string, ConsumerConnection>();
  private readonly unwatch: () => void;
  private closed = false;

  constructor(
    store: EventStore,
    readonly definition: GroupDefinition,
    private readonly onFailure: (error: unknown) => void,
  ) {
    const { stream, settings, filter, startedAfter } = definition;
    this.source = groupSource(store, stream, filter);
    this.streams = new GroupStreams(store, definition);
    const checkpoint = this.streams.loadCheckpoint();
    const start = settings.startFrom;
    const atStart = start.at === 'start' ? -1n : startedAfter;
    const after = checkpoint ?? (start.at === 'place' ? start.commit - 1n : atStart);
    const live = checkpoint === undefined && start.at === 'end';
    this.state = new ConsumerGroup(settings, { checkpoint, after, live }, affinityOf);
    this.unwatch = this.source.watch(() => this.perform(this.state.sourceGrew(now())));
    this.perform(this.state.open(now()));
    // Events that came between the group's making and a restart are no reason to be behind.
    if (live) this.perform(this.state.sourceGrew(now()));
  }

  connect(identity: ConsumerIdentity, connection: ConsumerConnection): void {
    this.connections.set(identity.id, connection);
    this.perform(this.state.connect(identity, now()));
  }

  disconnect(id: string): void {
    this.connections.delete(id);
    this.perform(this.state.disconnect(id, now()));
  }

  acknowledge(ids: readonly string[]): void {
    this.perform(this.state.acknowledge(ids, now()));
  }

  refuse(ids: readonly string[], action: NackAction, reason: string): void {
    this.perform(this.state.refuse(ids, action, reason, now()));
  }

  /** Brings parked messages back, those before `stopAt` or all that are there now. */
  replay(stopAt: bigint | undefined): void {
    const { first, end } = this.streams.parked.extent();
    const upTo = stopAt !== undefined && stopAt < end ? stopAt : end;
    this.perform(this.state.replay(upTo, first, now()));
  }

  tick(): void {
    this.perform(this.state.tick(now()));
  }

  /** Stops the group, drops its consumers and stores how far it came. */
  async close(): Promise<void> {
    this.closed = true;
    this.unwatch();
    const place = this.state.unstoredProgress();
    this.perform(this.state.close());
    if (place !== undefined) await this.streams.writeCheckpoint(place).catch(this.onFailure);
    await this.streams.settled();
  }

  /** Stops the group and removes what it stored. */
  async delete(): Promise<void> {
    this.closed = true;
    this.unwatch();
    this.perform(this.state.close());
    await this.streams.delete();
  }

  private perform(effects: readonly GroupEffect<GroupEvent>[]): void {
    for (const effect of effects) this.performOne(effect);
  }

  private performOne(effect: GroupEffect<GroupEvent>): void {
    switch (effect.kind) {
      case 'deliver':
        this.connections.get(effect.consumer)?.deliver(effect.message);
        return;
      case 'drop':
        this.connections.get(effect.consumer)?.dropped();
        this.connections.delete(effect.consumer);
        return;
      case 'read':
        this.later(() => {
          const { after, count } = effect;
          const page = this.source.read(after, count, this.definition.settings.resolveLinkTos);
          this.perform(this.state.pageRead(page, now()));
        });
        return;
      case 'read-parked':
        this.later(() => this.readParked(effect.from, effect.count));
        return;
      case 'checkpoint':
        this.streams.writeCheckpoint(effect.place).catch(this.onFailure);
        return;
      case 'park':
        this.park(effect.message, effect.reason);
        return;
      case 'parked-replayed':
        this.streams.truncateParked(effect.upTo).catch(this.onFailure);
        return;
    }
  }

  /** Reads wait for a turn of their own: a group that is far behind must not starve the others. */
  private later(work: () => void): void {
    setImmediate(() => {
      if (this.closed) return;
      try {
        work();
      } catch (error) {
        this.onFailure(error);
      }
    });
  }

  private readParked(from: bigint, count: number): void {
    const page = this.streams.parked.read(from - 1n, count, true);
    // A link whose event is gone cannot be delivered; it goes with the others when they are forgotten.
    const messages = page.messages.filter(({ event }) => event.record !== undefined);
    this.perform(this.state.parkedRead({ ...page, messages }, now()));
  }

  private park(message: GroupMessage<GroupEvent>, reason: string): void {
    this.streams.park(message, reason).then(
      () => this.perform(this.state.parked(message, now())),
      (error: unknown) => {
        this.onFailure(error);
        this.perform(this.state.parkFailed(message, now()));
      },
    );
  }

  /** Places are taken from the store, for groups that start at the end. */
  static endOf(store: EventStore, stream: string): bigint {
    return groupSource(store, stream, undefined).lastPlace();
  }
}

const now = (): number => performance.now();

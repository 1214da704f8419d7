import { GrpcCode, GrpcError } from '../grpc/status';
import { compilePattern } from '../storage/bounded-pattern';
import type { EventFilter } from '../storage/event-filter';
import type { EventStore } from '../storage/event-store';
import { GroupCatalogue } from './group-catalogue';
import { refusalOf } from './group-settings';
import { doesNotExist, existsAlready, failed, tooManyConsumers } from './refusals';
import {
  allStream,
  type FilterRequest,
  type GroupName,
  type ReplayRequest,
  type SettingsRequest,
} from './requests';
import { RunningGroup, type ConsumerConnection, type GroupDefinition } from './running-group';
import type { ConsumerIdentity } from './consumer';

const groupsMax = 10_000;
/** Fine enough for message timeouts of a few hundred milliseconds. */
const tickMs = 200;

/** All consumer groups of a store: made, changed, found and removed here. */
export class PersistentSubscriptions {
  /** Streams keep their entry when their last group goes, as in the original: their list is empty. */
  private readonly streams = new Map<string, Map<string, RunningGroup>>();
  private readonly catalogue: GroupCatalogue;
  private readonly clock: NodeJS.Timeout;

  constructor(
    private readonly store: EventStore,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.catalogue = new GroupCatalogue(store);
    this.startAll();
    this.clock = setInterval(() => {
      for (const group of this.all()) group.tick();
    }, tickMs);
    this.clock.unref();
  }

  async create(request: SettingsRequest, user: string): Promise<void> {
    this.checkName(request);
    this.checkSettings(request);
    if (this.find(request)) throw existsAlready(request);
    if ([...this.all()].length >= groupsMax) {
      throw failed(request, `there are ${groupsMax} groups already`);
    }
    this.start({ ...this.definition(request), filter: filterOf(request.filter) });
    await this.save(user);
  }

  /** Changes a group's settings. Its consumers are dropped; it goes on from its checkpoint. */
  async update(request: SettingsRequest, user: string): Promise<void> {
    this.checkName(request);
    const group = this.get(request);
    this.checkSettings(request);
    this.forget(group);
    await group.close();
    this.start({ ...this.definition(request), filter: group.definition.filter });
    await this.save(user);
  }

  async delete(name: GroupName, user: string): Promise<void> {
    const group = this.get(name);
    this.forget(group);
    await group.delete();
    await this.save(user);
  }

  /** The group, or a refusal. */
  get(name: GroupName): RunningGroup {
    const group = this.find(name);
    if (!group) throw doesNotExist(name);
    return group;
  }

  /** Every group of a stream, or of all streams in the order of their names. */
  list(stream: string | undefined): RunningGroup[] {
    if (stream === undefined) {
      const names = [...this.streams.keys()].sort();
      return names.flatMap((name) => [...(this.streams.get(name)?.values() ?? [])]);
    }
    const groups = this.streams.get(stream);
    if (!groups) throw doesNotExist({ stream, group: '' });
    return [...groups.values()];
  }

  connect(
    name: GroupName,
    consumer: ConsumerIdentity,
    connection: ConsumerConnection,
  ): RunningGroup {
    const group = this.get(name);
    if (group.state.isFull) throw tooManyConsumers(name);
    group.connect(consumer, connection);
    return group;
  }

  replay(request: ReplayRequest): void {
    if (request.stopAt !== undefined && request.stopAt < 0n) {
      throw failed(request, 'Cannot stop replaying parked message at a negative version.');
    }
    this.get(request).replay(request.stopAt);
  }

  /** Drops every consumer and starts every group again from what is stored. */
  async restart(): Promise<void> {
    await this.stopAll();
    this.startAll();
  }

  /** Ends all groups and stores how far they came. */
  async close(): Promise<void> {
    clearInterval(this.clock);
    await this.stopAll();
  }

  private startAll(): void {
    for (const definition of this.catalogue.load()) this.start(definition);
  }

  private async stopAll(): Promise<void> {
    const groups = [...this.all()];
    this.streams.clear();
    await Promise.all(groups.map((group) => group.close()));
  }

  private start(definition: GroupDefinition): void {
    const group = new RunningGroup(this.store, definition, this.onFailure);
    let groups = this.streams.get(definition.stream);
    if (!groups) this.streams.set(definition.stream, (groups = new Map()));
    groups.set(definition.group, group);
  }

  private definition({ stream, group, settings }: SettingsRequest) {
    return { stream, group, settings, startedAfter: RunningGroup.endOf(this.store, stream) };
  }

  private forget({ definition }: RunningGroup): void {
    this.streams.get(definition.stream)?.delete(definition.group);
  }

  private find({ stream, group }: GroupName): RunningGroup | undefined {
    return this.streams.get(stream)?.get(group);
  }

  private *all(): Generator<RunningGroup> {
    for (const groups of this.streams.values()) yield* groups.values();
  }

  private save(user: string): Promise<void> {
    const definitions = () => [...this.all()].map(({ definition }) => definition);
    return this.catalogue.save(definitions, user);
  }

  private checkName(request: SettingsRequest): void {
    if (request.stream === '') throw failed(request, 'Bad stream name.');
  }

  private checkSettings(request: SettingsRequest): void {
    const isAll = request.stream === allStream;
    const lastPosition = isAll ? BigInt(this.store.log.end) : BigInt.asUintN(64, -1n);
    const reason = refusalOf(request.settings, lastPosition);
    if (reason !== undefined) throw failed(request, reason);
  }
}

function filterOf(request: FilterRequest | undefined): EventFilter | undefined {
  if (!request) return undefined;
  const prefixes = request.prefixes.map((prefix) => Buffer.from(prefix));
  if (request.regex === undefined) return { on: request.on, prefixes };
  try {
    return { on: request.on, prefixes, regex: compilePattern(request.regex) };
  } catch (error) {
    throw new GrpcError(GrpcCode.InvalidArgument, String(error));
  }
}

import fc from 'fast-check';
import { ConsumerGroup } from './consumer-group';
import type { GroupEffect } from './group-message';
import { consumerStrategies, type GroupSettings } from './group-settings';

type Step =
  | { do: 'connect'; who: number; slots: number }
  | { do: 'disconnect'; who: number }
  | { do: 'ack' | 'retry' | 'park' | 'skip'; pick: number }
  | { do: 'grow'; count: number }
  | { do: 'tick'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('connect' as const),
    who: fc.nat(2),
    slots: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ do: fc.constant('disconnect' as const), who: fc.nat(2) }),
  fc.record({ do: fc.constantFrom('ack', 'retry', 'park', 'skip'), pick: fc.nat(50) }),
  fc.record({ do: fc.constant('grow' as const), count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ do: fc.constant('tick' as const), ms: fc.integer({ min: 1, max: 400 }) }),
);

/** A store and its consumers in memory, which do at once what the group asks for. */
class World {
  readonly settled = new Set<bigint>();
  readonly inFlight = new Map<string, bigint>();
  readonly connected = new Set<string>();
  checkpoint: bigint | undefined;
  size = 0n;
  now = 0;
  readonly group: ConsumerGroup<string>;

  constructor(settings: GroupSettings) {
    this.group = new ConsumerGroup<string>(
      settings,
      { checkpoint: undefined, after: -1n, live: false },
      (event) => event,
    );
    this.perform(this.group.open(0));
  }

  perform(effects: GroupEffect<string>[]): void {
    for (const effect of effects) {
      if (effect.kind === 'deliver') this.inFlight.set(effect.message.id, effect.message.place);
      if (effect.kind === 'checkpoint') this.stored(effect.place);
      if (effect.kind === 'read') this.read(effect.after, effect.count);
      if (effect.kind === 'park') {
        this.settled.add(effect.message.place);
        this.perform(this.group.parked(effect.message, this.now));
      }
    }
  }

  /** Every fifth event is left out by the filter. */
  read(after: bigint, count: number): void {
    const messages = [];
    let place = after;
    while (messages.length < count && place + 1n < this.size) {
      place++;
      if (place % 5n === 4n) continue;
      const id = `${place}`;
      messages.push({ event: `${place % 7n}`, id, place, bytes: 1 });
    }
    const last = messages.at(-1)?.place ?? after;
    const leftOut = place > last ? { upTo: place, count: Number(place - last) } : undefined;
    const atEnd = place + 1n >= this.size;
    this.perform(this.group.pageRead({ messages, after: place, atEnd, leftOut }, this.now));
  }

  stored(place: bigint): void {
    if (this.checkpoint !== undefined) expect(place).toBeGreaterThan(this.checkpoint);
    this.checkpoint = place;
    for (let n = 0n; n <= place; n++) {
      if (n % 5n !== 4n && !this.settled.has(n)) throw new Error(`${place} passes unsettled ${n}`);
    }
  }

  apply(action: Step): void {
    const { group } = this;
    if (action.do === 'grow') {
      this.size += BigInt(action.count);
      this.perform(group.sourceGrew(this.now));
    } else if (action.do === 'tick') {
      this.now += action.ms;
      this.perform(group.tick(this.now));
    } else if (action.do === 'connect') this.connect(`c${action.who}`, action.slots);
    else if (action.do === 'disconnect') {
      this.connected.delete(`c${action.who}`);
      this.perform(group.disconnect(`c${action.who}`, this.now));
    } else this.answer(action.do, action.pick);
  }

  connect(id: string, maxInFlight: number): void {
    if (this.connected.has(id)) return;
    this.connected.add(id);
    const identity = { id, maxInFlight, connectionName: '', user: '' };
    this.perform(this.group.connect(identity, this.now));
  }

  answer(how: 'ack' | 'retry' | 'park' | 'skip', pick: number): void {
    const ids = [...this.inFlight.keys()];
    const id = ids[pick % Math.max(1, ids.length)];
    if (id === undefined) return;
    const place = this.inFlight.get(id) ?? 0n;
    this.inFlight.delete(id);
    if (how === 'ack' || how === 'skip') this.settled.add(place);
    const { group, now } = this;
    this.perform(how === 'ack' ? group.acknowledge([id], now) : group.refuse([id], how, '', now));
  }
}

test('whatever happens, every event is settled in the end and no checkpoint passes an open one', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.constantFrom(...consumerStrategies),
      fc.integer({ min: 1, max: 6 }),
      (steps, strategy, readBatchSize) => {
        const world = new World({
          resolveLinkTos: false,
          extraStatistics: false,
          startFrom: { at: 'start' },
          messageTimeoutMs: 300,
          maxRetryCount: 3,
          checkpointAfterMs: 200,
          minCheckpointCount: 1,
          maxCheckpointCount: 7,
          maxSubscriberCount: 0,
          liveBufferSize: 5,
          readBatchSize,
          historyBufferSize: 9,
          strategy,
        });
        for (const action of steps) world.apply(action);
        world.connect('last', 5);
        for (let round = 0; world.inFlight.size > 0 && round < 5_000; round++) {
          world.answer('ack', 0);
          // What another consumer lost or let time out comes back through the clock.
          if (world.inFlight.size === 0) world.apply({ do: 'tick', ms: 301 });
        }
        for (let n = 0n; n < world.size; n++) {
          if (n % 5n !== 4n) expect(world.settled.has(n)).toBe(true);
        }
        expect(world.group.counts.outstanding).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});

import { ConsumerGroup, type ReadPage, type SourceMessage } from './consumer-group';
import type { GroupEffect } from './group-message';
import type { GroupSettings } from './group-settings';

const defaults: GroupSettings = {
  resolveLinkTos: false,
  extraStatistics: false,
  startFrom: { at: 'start' },
  messageTimeoutMs: 30_000,
  maxRetryCount: 2,
  checkpointAfterMs: 1_000,
  minCheckpointCount: 1,
  maxCheckpointCount: 1_000,
  maxSubscriberCount: 0,
  liveBufferSize: 500,
  readBatchSize: 5,
  historyBufferSize: 20,
  strategy: 'RoundRobin',
};

const message = (place: number, event = `s-${place}`): SourceMessage<string> => ({
  event,
  id: `id-${place}`,
  place: BigInt(place),
  bytes: 10,
});

const page = (places: number[], more: Partial<ReadPage<string>> = {}): ReadPage<string> => ({
  messages: places.map((place) => message(place)),
  after: BigInt(places.at(-1) ?? -1),
  atEnd: true,
  ...more,
});

const consumer = (id: string, maxInFlight = 10) => ({
  id,
  maxInFlight,
  connectionName: 'spec',
  user: 'anonymous',
});

function opened(settings: Partial<GroupSettings> = {}, checkpoint?: bigint) {
  const group = new ConsumerGroup<string>(
    { ...defaults, ...settings },
    { checkpoint, after: checkpoint ?? -1n, live: false },
    (event) => event.split('-')[0] ?? event,
  );
  group.open(0);
  return group;
}

const places = (effects: GroupEffect<string>[], to?: string) =>
  effects.flatMap((effect) =>
    effect.kind === 'deliver' && (to === undefined || effect.consumer === to)
      ? [Number(effect.message.place)]
      : [],
  );
const of = <K extends GroupEffect<string>['kind']>(effects: GroupEffect<string>[], kind: K) =>
  effects.filter((effect) => effect.kind === kind) as Extract<GroupEffect<string>, { kind: K }>[];

describe('delivery', () => {
  test('what was read goes out when a consumer comes, in order', () => {
    const group = opened();
    group.pageRead(page([0, 1, 2]), 0);
    expect(places(group.connect(consumer('a'), 0))).toEqual([0, 1, 2]);
  });

  test('no consumer holds more unanswered events than it asked for', () => {
    const group = opened();
    group.connect(consumer('a', 2), 0);
    expect(places(group.pageRead(page([0, 1, 2]), 0))).toEqual([0, 1]);
    expect(places(group.acknowledge(['id-0'], 0))).toEqual([2]);
  });

  test('reading stops when the buffer has no room for a page, and goes on when it has', () => {
    const group = opened({ readBatchSize: 5, historyBufferSize: 8 });
    const effects = group.pageRead(page([0, 1, 2, 3, 4], { atEnd: false }), 0);
    expect(of(effects, 'read')).toEqual([]);
    expect(group.status).toBe('Behind');
    expect(of(group.connect(consumer('a', 3), 0), 'read')).toEqual([
      { kind: 'read', after: 4n, count: 5 },
    ]);
  });

  test('reading stops at the bytes a group may hold', () => {
    const group = opened();
    const big = { ...message(0), bytes: 17 * 1024 * 1024 };
    expect(of(group.pageRead({ messages: [big], after: 0n, atEnd: false }, 0), 'read')).toEqual([]);
    group.connect(consumer('a'), 0);
    expect(of(group.acknowledge(['id-0'], 0), 'read')).toHaveLength(1);
  });

  test('growth during a read is not missed', () => {
    const group = opened();
    expect(group.sourceGrew(0)).toEqual([]);
    expect(of(group.pageRead(page([]), 0), 'read')).toHaveLength(1);
  });
});

describe('strategies', () => {
  test('RoundRobin serves consumers in turn', () => {
    const group = opened({ strategy: 'RoundRobin' });
    group.connect(consumer('a'), 0);
    group.connect(consumer('b'), 0);
    const effects = group.pageRead(page([0, 1, 2, 3]), 0);
    expect([places(effects, 'a'), places(effects, 'b')]).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  test('DispatchToSingle fills the first before the second', () => {
    const group = opened({ strategy: 'DispatchToSingle' });
    group.connect(consumer('a', 3), 0);
    group.connect(consumer('b', 3), 0);
    const effects = group.pageRead(page([0, 1, 2, 3]), 0);
    expect([places(effects, 'a'), places(effects, 'b')]).toEqual([[0, 1, 2], [3]]);
  });

  test('Pinned keeps a stream at one consumer, even while that is busy', () => {
    const group = opened({ strategy: 'Pinned' });
    group.connect(consumer('a', 1), 0);
    group.connect(consumer('b', 1), 0);
    const messages = [message(0, 'x-0'), message(1, 'x-1'), message(2, 'y-2')];
    const effects = group.pageRead({ messages, after: 2n, atEnd: true }, 0);
    expect([places(effects, 'a'), places(effects, 'b')]).toEqual([[0], [2]]);
    expect(places(group.acknowledge(['id-0'], 0), 'a')).toEqual([1]);
  });

  test('Pinned hands a lost consumer its streams to another', () => {
    const group = opened({ strategy: 'Pinned' });
    group.connect(consumer('a', 9), 0);
    const messages = [message(0, 'x-0'), message(1, 'x-1')];
    group.pageRead({ messages, after: 1n, atEnd: true }, 0);
    group.connect(consumer('b', 9), 0);
    expect(places(group.disconnect('a', 0), 'b')).toEqual([0, 1]);
  });

  test('Pinned gives a new consumer its share', () => {
    const group = opened({ strategy: 'Pinned', historyBufferSize: 100 });
    group.connect(consumer('a', 100), 0);
    const many = Array.from({ length: 40 }, (_, n) => message(n, `stream${n}-x`));
    group.pageRead({ messages: many, after: 39n, atEnd: true }, 0);
    group.acknowledge(
      many.map(({ id }) => id),
      0,
    );
    group.connect(consumer('b', 100), 0);
    group.sourceGrew(0);
    const again = many.map((m, n) => ({ ...m, id: `again-${n}`, place: BigInt(40 + n) }));
    const effects = group.pageRead({ messages: again, after: 79n, atEnd: true }, 0);
    expect(places(effects, 'b').length).toBeGreaterThanOrEqual(10);
    expect(places(effects)).toHaveLength(40);
  });
});

describe('negative answers', () => {
  const withOne = () => {
    const group = opened();
    group.connect(consumer('a'), 0);
    group.pageRead(page([0, 1]), 0);
    return group;
  };

  test('retry comes again with a higher count, and parks beyond the limit', () => {
    const group = withOne();
    for (const retryCount of [1, 2]) {
      const [again] = of(group.refuse(['id-0'], 'retry', 'why', 0), 'deliver');
      expect(again?.message).toMatchObject({ place: 0n, retryCount });
    }
    const effects = group.refuse(['id-0'], 'unknown', 'why', 0);
    expect(of(effects, 'deliver')).toEqual([]);
    expect(of(effects, 'park')).toMatchObject([{ reason: 'Reached retry count of 2' }]);
  });

  test('park asks for it to be stored; no checkpoint passes it before', () => {
    const group = withOne();
    const [parking] = of(group.refuse(['id-0'], 'park', 'why', 0), 'park');
    expect(parking?.reason).toBe("Client explicitly NAK'ed message.\nwhy");
    expect(of(group.acknowledge(['id-1'], 0), 'checkpoint')).toEqual([]);
    expect(of(group.tick(5_000), 'checkpoint')).toEqual([]);
    if (parking) group.parked(parking.message, 5_000);
    expect(of(group.tick(5_000), 'checkpoint')).toEqual([{ kind: 'checkpoint', place: 1n }]);
  });

  test('a message that could not be parked is delivered again', () => {
    const group = withOne();
    const [parking] = of(group.refuse(['id-0'], 'park', '', 0), 'park');
    expect(parking && places(group.parkFailed(parking.message, 0))).toEqual([0]);
  });

  test.each(['skip', 'stop'] as const)('%s leaves the message behind', (action) => {
    const group = withOne();
    expect(places(group.refuse(['id-0', 'id-1'], action, '', 0))).toEqual([]);
    expect(of(group.tick(5_000), 'checkpoint')).toEqual([{ kind: 'checkpoint', place: 1n }]);
  });

  test('answers to unknown ids change nothing', () => {
    const group = withOne();
    expect(group.refuse(['other'], 'park', '', 0)).toEqual([]);
    expect(group.acknowledge(['other'], 0)).toEqual([]);
    expect(group.counts.outstanding).toBe(2);
  });
});

describe('time and loss', () => {
  test('an unanswered event is tried again after the timeout, not before', () => {
    const group = opened({ messageTimeoutMs: 500, checkpointAfterMs: 0 });
    group.connect(consumer('a'), 0);
    group.pageRead(page([0]), 0);
    expect(group.tick(499)).toEqual([]);
    expect(of(group.tick(500), 'deliver')).toMatchObject([{ message: { retryCount: 1 } }]);
  });

  test('what a lost consumer had goes to the next one, oldest first', () => {
    const group = opened();
    group.connect(consumer('a', 2), 0);
    group.pageRead(page([0, 1, 2]), 0);
    expect(places(group.disconnect('a', 0))).toEqual([]);
    const effects = group.connect(consumer('b'), 0);
    expect(places(effects)).toEqual([0, 1, 2]);
    expect(of(effects, 'deliver').map((d) => d.message.retryCount)).toEqual([1, 1, 0]);
  });

  test('closing drops every consumer and later answers mean nothing', () => {
    const group = opened();
    group.connect(consumer('a'), 0);
    expect(group.close()).toEqual([{ kind: 'drop', consumer: 'a' }]);
    expect(group.acknowledge(['id-0'], 0)).toEqual([]);
    expect(group.pageRead(page([0]), 0)).toEqual([]);
  });
});

describe('checkpoints', () => {
  test('stop before the first unanswered event', () => {
    const group = opened();
    group.connect(consumer('a'), 0);
    group.pageRead(page([0, 1, 2]), 0);
    group.acknowledge(['id-0', 'id-2'], 0);
    expect(of(group.tick(1_000), 'checkpoint')).toEqual([{ kind: 'checkpoint', place: 0n }]);
    expect(of(group.tick(9_000), 'checkpoint')).toEqual([]);
    group.acknowledge(['id-1'], 9_000);
    expect(of(group.tick(9_100), 'checkpoint')).toEqual([{ kind: 'checkpoint', place: 2n }]);
  });

  test('wait for the lower bound, and do not wait beyond the upper bound', () => {
    const group = opened({ minCheckpointCount: 3, maxCheckpointCount: 4 });
    group.connect(consumer('a'), 0);
    group.pageRead(page([0, 1, 2, 3, 4]), 0);
    group.acknowledge(['id-0', 'id-1'], 0);
    expect(of(group.tick(60_000), 'checkpoint')).toEqual([]);
    group.acknowledge(['id-2'], 60_000);
    expect(of(group.acknowledge(['id-3'], 60_000), 'checkpoint')).toEqual([
      { kind: 'checkpoint', place: 3n },
    ]);
  });

  test('pass what the filter left out, but only behind what was sent', () => {
    const group = opened({ maxCheckpointCount: 10 });
    const leftOut = { upTo: 50n, count: 48 };
    const effects = group.pageRead(page([0, 1], { after: 50n, leftOut }), 0);
    expect(of(effects, 'checkpoint')).toEqual([]);
    group.connect(consumer('a'), 0);
    expect(of(group.acknowledge(['id-0', 'id-1'], 0), 'checkpoint')).toEqual([
      { kind: 'checkpoint', place: 50n },
    ]);
  });

  test('a loaded one counts as the first known place', () => {
    const group = opened({}, 7n);
    group.connect(consumer('a'), 0);
    expect(of(group.tick(5_000), 'checkpoint')).toEqual([]);
    group.pageRead(page([8]), 5_000);
    group.acknowledge(['id-8'], 5_000);
    expect(of(group.tick(5_000), 'checkpoint')).toEqual([{ kind: 'checkpoint', place: 8n }]);
  });
});

describe('replay of parked messages', () => {
  test('reads them in pages, delivers them, and says when all are back', () => {
    const group = opened({ readBatchSize: 2, historyBufferSize: 10 });
    group.connect(consumer('a'), 0);
    group.pageRead(page([]), 0);
    expect(of(group.replay(3n, 0n, 0), 'read-parked')).toEqual([
      { kind: 'read-parked', from: 0n, count: 2 },
    ]);
    expect(group.status).toBe('ReplayingParkedMessages, Live');
    const first = group.parkedRead(page([0, 1], { atEnd: false }), 0);
    expect(places(first)).toEqual([0, 1]);
    expect(of(first, 'read-parked')).toEqual([{ kind: 'read-parked', from: 2n, count: 1 }]);
    const second = group.parkedRead(page([2], { atEnd: false }), 0);
    expect(of(second, 'parked-replayed')).toEqual([{ kind: 'parked-replayed', upTo: 3n }]);
    expect(group.status).toBe('Live');
  });

  test('nothing parked is nothing to do, and two replays at once are one', () => {
    const group = opened();
    expect(group.replay(0n, 0n, 0)).toEqual([]);
    expect(of(group.replay(2n, 0n, 0), 'read-parked')).toHaveLength(1);
    expect(group.replay(2n, 0n, 0)).toEqual([]);
  });
});

describe('information', () => {
  test('a group knows its counts and when it is full', () => {
    const group = opened({ maxSubscriberCount: 1, extraStatistics: true });
    group.connect(consumer('a', 1), 0);
    group.pageRead(page([0, 1]), 0);
    expect(group.isFull).toBe(true);
    expect(group.counts).toMatchObject({ fresh: 1, outstanding: 1, totalItems: 1, lastKnown: 1n });
    group.acknowledge(['id-0'], 12);
    const measured = group.consumers.get('a')?.times?.measurements() ?? [];
    expect(measured).toContainEqual({ key: 'Quintile 3', value: 12 });
  });
});

import {
  eventTypeFilter,
  excludeSystemEvents,
  streamNameFilter,
  type PersistentSubscriptionToStreamSettings,
} from '@kurrent/kurrentdb-client';
import {
  Servers,
  TestConsumer,
  aWhile,
  allFromStart,
  events,
  fromStart,
  until,
} from './consumer.fixture';

const servers = new Servers();
beforeAll(() => servers.start());
afterAll(() => servers.end());

const create = (stream: string, more: object = {}) =>
  servers.client.createPersistentSubscriptionToStream(stream, 'g', fromStart(more));
const connect = (stream: string, bufferSize = 10) =>
  new TestConsumer(
    servers.client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize }),
  );
const typeOf = async (promise: Promise<unknown>) => {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return (error as { type?: string }).type;
  }
};

describe('refusals', () => {
  const missing = 'persistent-subscription-does-not-exist';

  test('creating a group twice', async () => {
    await create('twice');
    expect(await typeOf(create('twice'))).toBe('persistent-subscription-exists');
  });

  test.each<[string, Partial<PersistentSubscriptionToStreamSettings>]>([
    ['a page as large as the buffer', { readBatchSize: 10, historyBufferSize: 10 }],
    ['a page larger than the buffer', { readBatchSize: 100, historyBufferSize: 10 }],
  ])('%s', async (_what, settings) => {
    expect(await typeOf(create('bad', settings))).toBe('persistent-subscription-failed');
    expect(await connect('bad').fails()).toBe(missing);
  });

  test('starting beyond the log’s end', async () => {
    const startFrom = { commit: 1n << 60n, prepare: 1n << 60n };
    const created = servers.client.createPersistentSubscriptionToAll(
      'bad',
      allFromStart({ startFrom }),
    );
    expect(await typeOf(created)).toBe('persistent-subscription-failed');
  });

  test('a prepare position behind the commit position', async () => {
    const startFrom = { commit: 1n, prepare: 2n };
    const created = servers.client.createPersistentSubscriptionToAll(
      'bad',
      allFromStart({ startFrom }),
    );
    expect(await typeOf(created)).toBe('persistent-subscription-failed');
  });

  test('a stream without a name', async () => {
    expect(await typeOf(create(''))).toBe('persistent-subscription-failed');
  });

  test('a group that is not there: changed, deleted, looked at, replayed, connected to', async () => {
    const { client } = servers;
    const refused = [
      client.updatePersistentSubscriptionToStream('none', 'g', fromStart()),
      client.deletePersistentSubscriptionToStream('none', 'g'),
      client.getPersistentSubscriptionToStreamInfo('none', 'g'),
      client.listPersistentSubscriptionsToStream('none'),
      client.replayParkedMessagesToStream('none', 'g'),
      client.updatePersistentSubscriptionToAll('none', allFromStart()),
      client.deletePersistentSubscriptionToAll('none'),
      client.getPersistentSubscriptionToAllInfo('none'),
      client.replayParkedMessagesToAll('none'),
    ];
    expect(await Promise.all(refused.map(typeOf))).toEqual(refused.map(() => missing));
    expect(await connect('none').fails()).toBe(missing);
  });

  test('one consumer more than allowed', async () => {
    await create('one-only', { maxSubscriberCount: 1 });
    const first = connect('one-only');
    await first.confirmed;
    expect(await connect('one-only').fails()).toBe('maximum-subscribers-reached');
    await first.leave();
    await until(async () => {
      const { connections } = await servers.client.getPersistentSubscriptionToStreamInfo(
        'one-only',
        'g',
      );
      return connections.length === 0;
    });
    await connect('one-only').confirmed;
  });

  test('replaying up to a negative revision', async () => {
    await create('negative');
    const replayed = servers.client.replayParkedMessagesToStream('negative', 'g', { stopAt: -1 });
    expect(await typeOf(replayed)).toBe('persistent-subscription-failed');
  });

  test.each([0, -1, 1_000_000])('a buffer of %i events', async (bufferSize) => {
    await create(`buffer-${bufferSize}`);
    expect(await connect(`buffer-${bufferSize}`, bufferSize).fails()).toBe('unknown');
  });

  test('a regular expression that is none', async () => {
    const filter = streamNameFilter({ regex: '(' });
    const created = servers.client.createPersistentSubscriptionToAll('bad', allFromStart(), {
      filter,
    });
    expect(await typeOf(created)).toBe('unknown');
  });
});

describe('changing and removing', () => {
  test('a change drops consumers and takes effect from the stored place on', async () => {
    await create('changed');
    await servers.client.appendToStream('changed', events(3));
    const consumer = await connect('changed').has(3);
    await aWhile();
    const settings = fromStart({ maxRetryCount: 7, startFrom: 1n });
    await servers.client.updatePersistentSubscriptionToStream('changed', 'g', settings);
    expect(await consumer.fails()).toBe('persistent-subscription-dropped');
    const info = await servers.client.getPersistentSubscriptionToStreamInfo('changed', 'g');
    expect(info.settings).toEqual(settings);
    await servers.client.appendToStream('changed', events(1, 3));
    expect((await connect('changed').has(1)).numbers).toEqual([3]);
  });

  test('a removed group drops consumers; made again it begins anew', async () => {
    await servers.client.appendToStream('removed', events(2));
    await create('removed');
    const consumer = await connect('removed').has(2);
    await aWhile();
    await servers.client.deletePersistentSubscriptionToStream('removed', 'g');
    expect(await consumer.fails()).toBe('persistent-subscription-dropped');
    await create('removed');
    expect((await connect('removed').has(2)).numbers).toEqual([0, 1]);
  });
});

describe('information', () => {
  test('settings come back as they were given, for streams and for $all', async () => {
    const more = { extraStatistics: true, maxSubscriberCount: 9, consumerStrategyName: 'Pinned' };
    const settings = fromStart({ ...more, startFrom: 123n, messageTimeout: 1_234 });
    await servers.client.createPersistentSubscriptionToStream('told', 'g', settings);
    const info = await servers.client.getPersistentSubscriptionToStreamInfo('told', 'g');
    expect(info).toMatchObject({ eventSource: 'told', groupName: 'g', connections: [] });
    expect(info.settings).toEqual(settings);
    expect(info.stats.lastKnownEventRevision).toBeUndefined();
    const { position } = await servers.client.appendToStream('for-a-position', events(1));
    const toAll = allFromStart({ startFrom: position });
    await servers.client.createPersistentSubscriptionToAll('told', toAll);
    const all = await servers.client.getPersistentSubscriptionToAllInfo('told');
    expect(all.settings).toEqual(toAll);
    expect(all.eventSource).toBe('$all');
  });

  test('a connection is shown with its name, its counts and its times', async () => {
    await create('watched', { extraStatistics: true });
    await servers.client.appendToStream('watched', events(4));
    const consumer = await connect('watched', 7).has(4);
    await aWhile();
    const { connections, stats } = await servers.client.getPersistentSubscriptionToStreamInfo(
      'watched',
      'g',
    );
    expect(connections).toHaveLength(1);
    expect(connections[0]).toMatchObject({
      username: 'system',
      connectionName: servers.client.connectionName,
      totalItems: 4n,
      availableSlots: 7,
      inFlightMessages: 0,
    });
    expect(connections[0]?.extraStatistics?.get('quintile 3')).toBeDefined();
    expect(stats).toMatchObject({ totalItems: 4n, lastKnownEventRevision: 3n });
    await consumer.leave();
  });

  test('lists of a stream, of $all and of everything', async () => {
    await create('listed');
    await servers.client.createPersistentSubscriptionToAll('listed', allFromStart());
    const names = (list: { eventSource: string; groupName: string }[]) =>
      list.map(({ eventSource, groupName }) => `${eventSource}/${groupName}`);
    expect(names(await servers.client.listPersistentSubscriptionsToStream('listed'))).toEqual([
      'listed/g',
    ]);
    expect(names(await servers.client.listPersistentSubscriptionsToAll())).toContain('$all/listed');
    const all = names(await servers.client.listAllPersistentSubscriptions());
    expect(all).toEqual(expect.arrayContaining(['listed/g', '$all/listed']));
  });
});

describe('groups of $all', () => {
  const consume = (group: string) =>
    new TestConsumer(servers.client.subscribeToPersistentSubscriptionToAll(group));
  const createAll = (group: string, more: object, settings: object = {}) =>
    servers.client.createPersistentSubscriptionToAll(
      group,
      allFromStart({ checkPointAfter: 100, checkPointLowerBound: 1, ...settings }),
      more,
    );

  beforeAll(async () => {
    await servers.client.appendToStream('red-1', events(3, 0, { type: 'warm' }));
    await servers.client.appendToStream('blue-1', events(3, 10, { type: 'cold' }));
  });

  test.each([
    ['stream prefixes', streamNameFilter({ prefixes: ['red-'] }), [0, 1, 2]],
    ['a stream expression', streamNameFilter({ regex: '^blue' }), [10, 11, 12]],
    ['type prefixes', eventTypeFilter({ prefixes: ['wa'] }), [0, 1, 2]],
    ['a type expression', eventTypeFilter({ regex: 'old$' }), [10, 11, 12]],
  ])('filtered by %s', async (name, filter, expected) => {
    await createAll(name, { filter });
    const consumer = await consume(name).has(3);
    await aWhile();
    expect(consumer.numbers).toEqual(expected);
    await consumer.leave();
  });

  test('unfiltered: everything, system events too, but not what it writes itself', async () => {
    await createAll('everything', {});
    const consumer = await consume('everything').has(20);
    let before = 0;
    // What other groups store is delivered; an echo of its own writes would never end.
    await until(async () => {
      const grown = consumer.seen.length > before;
      before = consumer.seen.length;
      await aWhile();
      return !grown;
    });
    expect(consumer.seen.some(({ stream }) => stream === '$persistentSubscriptionConfig')).toBe(
      true,
    );
    const own = consumer.seen.filter(({ stream }) =>
      /^\$persistentsubscription-\$all/.test(stream),
    );
    expect(own).toEqual([]);
    await consumer.leave();
  });

  test('a checkpoint passes what the filter leaves out', async () => {
    await createAll(
      'passing',
      { filter: streamNameFilter({ prefixes: ['red-'] }) },
      { checkPointUpperBound: 5 },
    );
    await consume('passing').has(3);
    await servers.client.appendToStream('blue-2', events(30));
    const place = async () => {
      const { stats } = await servers.client.getPersistentSubscriptionToAllInfo('passing');
      return stats.lastCheckpointedEventPosition?.commit ?? 0n;
    };
    const { position } = await servers.client.appendToStream('blue-2', events(1));
    await until(
      async () => (await place()) >= (position?.commit ?? 0n) - 10_000n && (await place()) > 0n,
    );
    await servers.restart();
    await servers.client.appendToStream('red-2', events(1, 77, { type: 'warm' }));
    expect((await consume('passing').has(1)).numbers).toEqual([77]);
  });

  test('the end means the end, and user events can be told from the system’s', async () => {
    await createAll('later', { filter: excludeSystemEvents() }, { startFrom: 'end' });
    const consumer = consume('later');
    await consumer.confirmed;
    await servers.client.appendToStream('later', events(2, 5));
    expect((await consumer.has(2)).numbers).toEqual([5, 6]);
  });
});

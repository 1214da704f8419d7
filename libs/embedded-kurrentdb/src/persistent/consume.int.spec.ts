import { jsonEvent, type PersistentSubscriptionToStream } from '@kurrent/kurrentdb-client';
import {
  Servers,
  TestConsumer,
  aWhile,
  ack,
  events,
  fromStart,
  until,
  type Answer,
} from './consumer.fixture';

const servers = new Servers();
beforeAll(() => servers.start());
afterAll(() => servers.end());

let streams = 0;
/** A stream with events and a group on it. */
async function group(count: number, settings: object = {}): Promise<string> {
  const stream = `consume-${streams++}`;
  if (count > 0) await servers.client.appendToStream(stream, events(count));
  await servers.client.createPersistentSubscriptionToStream(stream, 'g', fromStart(settings));
  return stream;
}
const consume = (stream: string, answer?: Answer, bufferSize = 10) =>
  new TestConsumer(
    servers.client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize }),
    answer,
  );
const append = (stream: string, count: number, from = 0) =>
  servers.client.appendToStream(stream, events(count, from));
const info = (stream: string) => servers.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
const refuse =
  (action: Parameters<PersistentSubscriptionToStream['nack']>[0], n: number): Answer =>
  (delivered, subscription) =>
    (delivered.event?.data as { n: number }).n === n && delivered.retryCount === 0
      ? subscription.nack(action, 'because', delivered)
      : subscription.ack(delivered);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('delivery', () => {
  test('from the start, then live, in order', async () => {
    const stream = await group(30);
    const consumer = await consume(stream).has(30);
    await append(stream, 5, 30);
    await consumer.has(35);
    expect(consumer.numbers).toEqual(range(0, 35));
    await consumer.leave();
  });

  test('from a revision, inclusive', async () => {
    const stream = await group(6, { startFrom: 4n });
    expect((await consume(stream).has(2)).numbers).toEqual([4, 5]);
  });

  test('from the end: only what comes later', async () => {
    const stream = await group(4, { startFrom: 'end' });
    const consumer = consume(stream);
    await consumer.confirmed;
    await append(stream, 2, 4);
    expect((await consumer.has(2)).numbers).toEqual([4, 5]);
  });

  test('a group on a stream that is not there yet waits for it', async () => {
    const stream = await group(0);
    const consumer = consume(stream);
    await append(stream, 3);
    expect((await consumer.has(3)).numbers).toEqual([0, 1, 2]);
  });

  test('no more unanswered events than the consumer asked for', async () => {
    const stream = await group(10);
    const consumer = consume(stream, () => undefined, 3);
    await consumer.has(3);
    await aWhile();
    expect(consumer.numbers).toEqual([0, 1, 2]);
    await consumer.leave();
  });

  test('what a consumer leaves unanswered goes to the next one', async () => {
    const stream = await group(3);
    const first = await consume(stream, () => undefined).has(3);
    await first.leave();
    const second = await consume(stream).has(3);
    expect(second.numbers).toEqual([0, 1, 2]);
    expect(second.seen.map(({ retryCount }) => retryCount)).toEqual([1, 1, 1]);
  });

  test('links are followed when the group asks for it', async () => {
    const target = `target-${streams}`;
    const stream = await group(0, { resolveLinkTos: true });
    await append(target, 3);
    for (const n of [2, 0, 1, 7]) {
      const data = Buffer.from(`${n}@${target}`);
      const link = { id: crypto.randomUUID(), type: '$>', contentType: 'application/octet-stream' };
      await servers.client.appendToStream(stream, { ...link, data } as never);
    }
    const consumer = await consume(stream).has(4);
    expect(consumer.numbers).toEqual([2, 0, 1, -1]);
    expect(consumer.seen[0]?.stream).toBe(target);
  });

  test('a thousand events through small buffers', async () => {
    const stream = await group(1_000, { readBatchSize: 5, historyBufferSize: 7 });
    expect((await consume(stream, ack, 2).has(1_000, 20_000)).numbers).toEqual(range(0, 1_000));
  });
});

describe('negative answers', () => {
  test('park: stored with its reason, counted, and delivered again on replay', async () => {
    const stream = await group(4);
    const consumer = await consume(stream, refuse('park', 1)).has(4);
    await until(async () => (await info(stream)).stats.parkedMessageCount === 1n);
    const parked = `$persistentsubscription-${stream}::g-parked`;
    const links = [];
    for await (const link of servers.client.readStream(parked, { resolveLinkTos: true })) {
      links.push(link);
    }
    expect(links).toHaveLength(1);
    expect(links[0]?.event?.data).toEqual({ n: 1 });
    expect(links[0]?.link?.metadata).toMatchObject({
      reason: "Client explicitly NAK'ed message.\nbecause",
      subscriptionEventNumber: 1,
    });
    await servers.client.replayParkedMessagesToStream(stream, 'g');
    await consumer.has(5);
    await until(async () => (await info(stream)).stats.parkedMessageCount <= 1n);
  });

  test('replay stops where it is told to', async () => {
    const stream = await group(6);
    const parkFirst: Answer = (delivered, subscription) =>
      delivered.link ? subscription.ack(delivered) : subscription.nack('park', '', delivered);
    const consumer = await consume(stream, parkFirst).has(6);
    await until(async () => (await info(stream)).stats.parkedMessageCount === 6n);
    await servers.client.replayParkedMessagesToStream(stream, 'g', { stopAt: 4 });
    await consumer.has(10);
    await aWhile();
    expect(consumer.numbers.slice(6)).toEqual([0, 1, 2, 3]);
    expect((await info(stream)).stats.parkedMessageCount).toBe(2n);
    await servers.client.replayParkedMessagesToStream(stream, 'g');
    expect((await consumer.has(12)).numbers.slice(10)).toEqual([4, 5]);
  });

  test('retry: again with a higher count, perhaps after later events', async () => {
    const stream = await group(3);
    const consumer = await consume(stream, refuse('retry', 0)).has(4);
    const again = consumer.seen.filter(({ n }) => n === 0);
    expect(again.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
  });

  test('retry beyond the limit parks', async () => {
    const stream = await group(1, { maxRetryCount: 2 });
    const always: Answer = (delivered, subscription) => subscription.nack('retry', '', delivered);
    const consumer = await consume(stream, always).has(3);
    await until(async () => (await info(stream)).stats.parkedMessageCount === 1n);
    expect(consumer.seen.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
  });

  test.each(['skip', 'stop'] as const)('%s: not delivered again', async (action) => {
    const stream = await group(3);
    const consumer = await consume(stream, refuse(action, 1)).has(3);
    await aWhile();
    expect(consumer.numbers).toEqual([0, 1, 2]);
    expect((await info(stream)).stats.parkedMessageCount).toBe(0n);
  });

  test('no answer in time: tried again, then parked', async () => {
    const stream = await group(1, { messageTimeout: 300, maxRetryCount: 1 });
    const consumer = await consume(stream, () => undefined).has(2);
    expect(consumer.seen.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
    await until(async () => (await info(stream)).stats.parkedMessageCount === 1n);
  });
});

describe('strategies', () => {
  const two = async (settings: object, make: (stream: string) => Promise<unknown>, slots = 50) => {
    const stream = await group(0, settings);
    const consumers = [
      consume(stream, () => undefined, slots),
      consume(stream, () => undefined, slots),
    ];
    await Promise.all(consumers.map(({ confirmed }) => confirmed));
    await make(stream);
    return consumers as [TestConsumer, TestConsumer];
  };
  const seen = (consumers: TestConsumer[]) => consumers.reduce((sum, c) => sum + c.seen.length, 0);

  test('RoundRobin shares evenly', async () => {
    const both = await two({}, (stream) => append(stream, 10));
    await until(() => seen(both) === 10);
    expect(both.map((c) => c.seen.length)).toEqual([5, 5]);
  });

  test('DispatchToSingle fills one before the other', async () => {
    const settings = { consumerStrategyName: 'DispatchToSingle' };
    const both = await two(settings, (stream) => append(stream, 10), 7);
    await until(() => seen(both) === 10);
    expect(both.map((c) => c.seen.length).sort()).toEqual([3, 7]);
  });

  test('Pinned keeps the events of a stream together', async () => {
    const both = await two(
      { consumerStrategyName: 'Pinned', resolveLinkTos: true },
      async (stream) => {
        for (const source of range(0, 8)) {
          await append(`${stream}-${source}`, 3);
          for (const n of range(0, 3)) {
            const data = Buffer.from(`${n}@${stream}-${source}`);
            const link = {
              id: crypto.randomUUID(),
              type: '$>',
              contentType: 'application/octet-stream',
            };
            await servers.client.appendToStream(stream, { ...link, data } as never);
          }
        }
      },
    );
    await until(() => seen(both) === 24);
    const sources = both.map((c) => new Set(c.seen.map(({ stream }) => stream)));
    expect([...sources[0]!].filter((source) => sources[1]!.has(source))).toEqual([]);
    expect(sources.map((set) => set.size).every((size) => size > 0)).toBe(true);
  });

  test('PinnedByCorrelation keeps a correlation together', async () => {
    const both = await two({ consumerStrategyName: 'PinnedByCorrelation' }, async (stream) => {
      for (const n of range(0, 24)) {
        const metadata = { $correlationId: `c${n % 8}` };
        const event = jsonEvent({ type: `c${n % 8}`, data: { n }, metadata });
        await servers.client.appendToStream(stream, event);
      }
    });
    await until(() => seen(both) === 24);
    const types = both.map((c) => new Set(c.seen.map(({ type }) => type)));
    expect([...types[0]!].filter((type) => types[1]!.has(type))).toEqual([]);
  });
});

describe('restarts', () => {
  test('a group goes on where it was, after the server was stopped and started', async () => {
    const stream = await group(10);
    const consumer = await consume(stream).has(10);
    await until(async () => (await info(stream)).stats.lastCheckpointedEventRevision === 9n);
    await consumer.leave();
    await servers.restart();
    await append(stream, 2, 10);
    expect((await consume(stream).has(2)).numbers).toEqual([10, 11]);
  });

  test('a clean stop stores how far a group came, whatever its bounds', async () => {
    const stream = await group(5, { checkPointAfter: 60_000, checkPointLowerBound: 500 });
    const consumer = await consume(stream).has(5);
    await until(async () => (await info(stream)).stats.outstandingMessagesCount === 0);
    await consumer.leave();
    await servers.restart();
    await append(stream, 1, 5);
    expect((await consume(stream).has(1)).numbers).toEqual([5]);
  });

  test('a group from the end loses nothing that came before it was first read', async () => {
    const stream = await group(3, { startFrom: 'end' });
    await append(stream, 2, 3);
    await servers.restart();
    expect((await consume(stream).has(2)).numbers).toEqual([3, 4]);
  });

  test('restarting the subsystem drops consumers and keeps places', async () => {
    const stream = await group(4);
    const consumer = await consume(stream).has(4);
    await until(async () => (await info(stream)).stats.lastCheckpointedEventRevision === 3n);
    await servers.client.restartPersistentSubscriptionSubsystem();
    expect(await consumer.fails()).toBe('persistent-subscription-dropped');
    await append(stream, 1, 4);
    expect((await consume(stream).has(1)).numbers).toEqual([4]);
  });

  test('parked messages survive', async () => {
    const stream = await group(2);
    await consume(stream, refuse('park', 0)).has(2);
    await until(async () => (await info(stream)).stats.parkedMessageCount === 1n);
    await servers.restart();
    expect((await info(stream)).stats.parkedMessageCount).toBe(1n);
    await servers.client.replayParkedMessagesToStream(stream, 'g');
    expect((await consume(stream).has(1)).numbers).toEqual([0]);
  });
});

test('fifty consumers on one connection', async () => {
  const names = await Promise.all(range(0, 50).map(() => group(5)));
  const consumers = names.map((stream) => consume(stream));
  await Promise.all(consumers.map((consumer) => consumer.has(5)));
  expect(consumers.every(({ numbers }) => numbers.join() === '0,1,2,3,4')).toBe(true);
});

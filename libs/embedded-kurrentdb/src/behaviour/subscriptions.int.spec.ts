import { numbered, RunningServer } from './running-server.fixture';

const running = new RunningServer();
beforeAll(() => running.start());
afterAll(() => running.end());

const prefix = (prefixes: string[]) => ({
  filterOn: 'streamName' as const,
  prefixes,
  checkpointInterval: 1,
});

/** Takes events from a subscription until there are enough. */
async function take(subscription: AsyncIterable<{ event?: { data: unknown } }>, count: number) {
  const numbers: unknown[] = [];
  for await (const { event } of subscription) {
    numbers.push((event?.data as { n: number }).n);
    if (numbers.length === count) break;
  }
  return numbers;
}

describe('catch-up subscriptions', () => {
  test('give what is there and then what comes, in order and without a gap', async () => {
    const numbers = Array.from({ length: 3_000 }, (_, n) => n);
    await running.client.appendToStream('old-and-new', numbered(...numbers.slice(0, 2_000)));
    const subscription = running.client.subscribeToStream('old-and-new');
    const taking = take(subscription, 3_000);
    for (let n = 2_000; n < 3_000; n += 100) {
      await running.client.appendToStream('old-and-new', numbered(...numbers.slice(n, n + 100)));
    }
    expect(await taking).toEqual(numbers);
    await subscription.unsubscribe();
  });

  test('say once that they caught up', async () => {
    await running.client.appendToStream('caught', numbered(1));
    const subscription = running.client.subscribeToAll({ filter: prefix(['caught']) });
    let caughtUp = 0;
    subscription.on('caughtUp', () => caughtUp++);
    const taking = take(subscription, 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await running.client.appendToStream('caught', numbered(2, 3));
    expect(await taking).toEqual([1, 2, 3]);
    expect(caughtUp).toBe(1);
    await subscription.unsubscribe();
  });

  test('checkpoints come while nothing matches', async () => {
    let reached: bigint | undefined;
    const checkpoint = new Promise<void>((resolve) => {
      const subscription = running.client.subscribeToAll({
        fromPosition: 'end',
        filter: {
          ...prefix(['no-such-stream']),
          checkpointReached: async (_, { commit }) => {
            reached = commit;
            resolve();
            await subscription.unsubscribe();
          },
        },
      });
      subscription.on('data', () => undefined);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const done = await running.client.appendToStream('other', numbered(...Array(40).keys()));
    await checkpoint;
    expect(reached).toBeLessThanOrEqual(done.position!.commit);
  });

  test('a slow reader neither loses events nor holds others up', async () => {
    const numbers = Array.from({ length: 5_000 }, (_, n) => n);
    await running.client.appendToStream('slow', numbered(...numbers));
    const slow = running.client.subscribeToStream('slow', {}, { highWaterMark: 1 });
    const taken: unknown[] = [];
    for await (const { event } of slow) {
      taken.push((event!.data as { n: number }).n);
      if (taken.length === 10) {
        const fast = running.client.subscribeToStream('slow');
        expect(await take(fast, 5_000)).toEqual(numbers);
        await fast.unsubscribe();
      }
      if (taken.length === 5_000) break;
    }
    expect(taken).toEqual(numbers);
    await slow.unsubscribe();
  });

  test('who stops reading falls behind, is told so, and catches up', async () => {
    const subscription = running.client.subscribeToStream('behind', {}, { highWaterMark: 1 });
    const news: string[] = [];
    subscription.on('caughtUp', () => news.push('caughtUp'));
    subscription.on('fellBehind', () => news.push('fellBehind'));
    const iterator = subscription[Symbol.asyncIterator]();
    await running.client.appendToStream('behind', numbered(0));
    await iterator.next();
    const padding = 'x'.repeat(10_000);
    for (let n = 1; n <= 1_000; n += 100) {
      const events = numbered(...Array.from({ length: 100 }, (_, i) => n + i));
      for (const event of events) Object.assign(event.data, { padding });
      await running.client.appendToStream('behind', events);
    }
    for (let n = 1; n <= 1_000; n++) {
      const { value } = (await iterator.next()) as { value: { event: { data: { n: number } } } };
      expect(value.event.data.n).toBe(n);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(news).toEqual(['caughtUp', 'fellBehind', 'caughtUp']);
    await subscription.unsubscribe();
  });

  test('many on one connection all get the event', async () => {
    const subscriptions = Array.from({ length: 300 }, () =>
      running.client.subscribeToStream('shared', { fromRevision: 'start' }),
    );
    const taking = subscriptions.map((subscription) => take(subscription, 1));
    await running.client.appendToStream('shared', numbered(7));
    expect(await Promise.all(taking)).toEqual(Array(300).fill([7]));
    await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(running.server.statistics().calls).toBeLessThan(10);
  });
});

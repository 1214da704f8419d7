import { RunningServer, numbered, shown } from './running-server.fixture';

const running = new RunningServer();
const streams = ['even', 'odd'] as const;
let everything: string[];
beforeAll(async () => {
  await running.start();
  for (let n = 0; n < 1_500; n += 50) {
    const numbers = Array.from({ length: 50 }, (_, i) => n + i);
    await running.client.appendToStream(streams[(n / 50) % 2]!, numbered(...numbers));
  }
  everything = await shown(running.client.readAll());
});
afterAll(() => running.end());

// Around the server's pages, and beyond the end.
const counts = [1, 2, 511, 512, 513, 1_024, 1_500, 5_000];

describe.each(counts)('at most %i of the log', (maxCount) => {
  test('forwards', async () => {
    expect(await shown(running.client.readAll({ maxCount }))).toEqual(
      everything.slice(0, maxCount),
    );
  });

  test('backwards', async () => {
    const read = running.client.readAll({ maxCount, direction: 'backwards', fromPosition: 'end' });
    expect(await shown(read)).toEqual([...everything].reverse().slice(0, maxCount));
  });

  test.each(streams)('of %s, by prefix and by pattern', async (stream) => {
    const all = everything.filter((line) => line.startsWith(stream));
    const by = [{ prefixes: [stream] }, { regex: `^${stream}$` }];
    for (const wanted of by) {
      const filter = { filterOn: 'streamName', checkpointInterval: 1, ...wanted } as never;
      const forwards = await shown(running.client.readAll({ maxCount, filter }));
      expect(forwards).toEqual(all.slice(0, maxCount));
      const backwards = await shown(
        running.client.readAll({ maxCount, filter, direction: 'backwards', fromPosition: 'end' }),
      );
      expect(backwards).toEqual([...all].reverse().slice(0, maxCount));
    }
  });
});

test('from an event’s position: that event first, and the one before it backwards', async () => {
  const positions: { commit: bigint; prepare: bigint }[] = [];
  for await (const { event } of running.client.readAll()) if (event) positions.push(event.position);
  for (const at of [1, 600, 1_000, positions.length - 1]) {
    const fromPosition = positions[at]!;
    const forwards = await shown(running.client.readAll({ fromPosition, maxCount: 600 }));
    expect(forwards).toEqual(everything.slice(at, at + 600));
    const backwards = running.client.readAll({
      fromPosition,
      maxCount: 600,
      direction: 'backwards',
    });
    expect(await shown(backwards)).toEqual(everything.slice(0, at).reverse().slice(0, 600));
  }
});

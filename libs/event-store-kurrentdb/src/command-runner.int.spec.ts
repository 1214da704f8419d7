import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedKurrentDB, startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import {
  type CommandRunner,
  createCommandRunner,
  type RunnableCommand,
  type StreamModel,
} from '@daybook/event-store';
import { connectKurrentDB, type KurrentDBConnection } from './connect';

/** A count that never goes beyond a bound, and the identities of what was added to it. */
interface Count {
  readonly total: number;
}

type Answer = { readonly total: number } | 'full';

const model: StreamModel<Count, Count> = {
  evolve: (_, event) => event,
  encode: ({ total }) => ({ type: 'Counted', data: { total }, schema: '1' }),
  decode: ({ data }) => data as Count,
  weigh: () => 10,
};

const run = randomUUID().slice(0, 8);
const stream = (name: string): string => `runner${run}-${name}`;

function count(name: string, id: string, most: number): RunnableCommand<Count, Count, Answer> {
  const [counted, identity] = [stream(name), stream(`id-${id}`)];
  return {
    ...{ reads: [counted], absent: [identity], bytes: 10, metadata: { $correlationId: id } },
    decide: (view) => {
      const known = view.get(identity);
      if (known) return { kind: 'recall', answer: known };
      const total = (view.get(counted)?.total ?? 0) + 1;
      if (total > most) return { kind: 'report', answer: 'full' };
      const events = [counted, identity].map((each) => ({ stream: each, event: { total } }));
      return { kind: 'append', events, answer: { total } };
    },
  };
}

describe('command runners on KurrentDB', () => {
  let dataDir: string;
  let server: EmbeddedKurrentDB | undefined;
  let connections: KurrentDBConnection[];
  let runners: CommandRunner<Count, Count>[];

  const runnerAt = (index: number): CommandRunner<Count, Count> => {
    const runner = runners[index];
    if (runner === undefined) throw new Error('no such runner');
    return runner;
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kurrentdb-'));
    const given = process.env['KURRENTDB_URL'];
    if (!given) server = await startEmbeddedKurrentDB({ dataDir, port: 0 });
    const url = given ?? `kurrentdb://127.0.0.1:${server?.port}?tls=false`;
    connections = [connectKurrentDB(url), connectKurrentDB(url)];
    runners = connections.map(({ store }) => createCommandRunner({ store, model }));
  });

  afterAll(async () => {
    for (const runner of runners) await runner.stop();
    for (const connection of connections) await connection.close();
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('let exactly as many of two hundred racing commands through as there is room', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => runnerAt(n % 2).run(count('race', `r${n}`, 7))),
    );
    const totals = outcomes.map(({ answer }) => answer).filter((each) => each !== 'full');
    expect(totals.map((each) => (each as Count).total).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const stored = await connections[0]?.store.readStream(stream('race'), 0, 100);
    expect(stored?.map(({ data }) => data)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((total) => ({ total })),
    );
  });

  it('give ten of the same one effect and one answer, over both of them', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, n) => runnerAt(n % 2).run(count('same', 's', 99))),
    );
    expect(outcomes.map(({ answer }) => answer)).toEqual(Array(10).fill({ total: 1 }));
    expect(await connections[0]?.store.readStream(stream('same'), 0, 9)).toHaveLength(1);
  });

  it('carry thousands of commands in few appends', async () => {
    const commands = Array.from({ length: 2_000 }, (_, n) => count(`c${n % 50}`, `t${n}`, 99));
    await Promise.all(commands.map((command) => runnerAt(0).run(command)));
    expect((await connections[0]?.store.readLast(stream('c49')))?.data).toEqual({ total: 40 });
    expect(runnerAt(0).statistics().appends).toBeLessThan(100);
  });

  it('outlast a store that goes away and comes back', async () => {
    // A store that was given from outside is not ours to stop.
    if (server === undefined) return;
    const port = server.port;
    const runner = runnerAt(0);
    await runner.run(count('again', 'a0', 999));
    let sent = 0;
    let acknowledged = 0;
    let stopped = false;
    const load = (async () => {
      while (!stopped) {
        sent += 1;
        await runner.run(count('again', `a${sent}`, 999_999)).then(
          () => (acknowledged += 1),
          () => new Promise((resolve) => setTimeout(resolve, 20)),
        );
      }
    })();
    await server.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    server = await startEmbeddedKurrentDB({ dataDir, port });
    const before = acknowledged;
    for (let tries = 0; tries < 200 && acknowledged < before + 20; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    stopped = true;
    await load;
    const stored = await connections[1]?.store.readLast(stream('again'));
    expect(acknowledged).toBeGreaterThanOrEqual(before + 20);
    expect(stored?.revision).toBeGreaterThanOrEqual(acknowledged);
    expect(stored?.data).toEqual({ total: (stored?.revision ?? 0) + 1 });
  });
});

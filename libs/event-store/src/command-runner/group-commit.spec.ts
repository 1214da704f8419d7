import { dryRun, fill, follow, move, type PurseCommand } from './purses/purses.fixture';
import { held, logOf, runnerOn, running, settled } from './purses/running.fixture';

const outcome = (kind: string, answer: object) => ({
  kind,
  answer,
  position: expect.any(BigInt),
});

describe('group commit', () => {
  it('sends all that gathered while an append was in flight in the next one', async () => {
    const { store, runner } = await running({ alice: 100, bob: 0 });
    const first = held();
    store.onAppend = (nth) => (nth === 1 ? first.promise : undefined);
    const answers = [runner.run(move('m1', 'alice', 'bob', 1))];
    await settled();
    for (let n = 2; n <= 50; n += 1) answers.push(runner.run(move(`m${n}`, 'alice', 'bob', 1)));
    await settled();
    expect(store.appends).toBe(1);
    first.release();
    const outcomes = await Promise.all(answers);
    expect(store.appends).toBe(2);
    expect(outcomes.map(({ answer }) => answer)).toEqual(
      outcomes.map((_, n) => ({ status: 'moved', left: 99 - n })),
    );
  });

  it('answers in slices: who goes on at once with another command keeps no append waiting', async () => {
    const clients = 300;
    const { store, runner } = await running({ alice: 1_000, bob: 0 });
    const first = held();
    let answered = 0;
    const answeredBefore: number[] = [];
    store.onAppend = (nth) => {
      answeredBefore.push(answered);
      return nth === 1 ? first.promise : undefined;
    };
    const client = async (n: number) => {
      await runner.run(move(`one${n}`, 'alice', 'bob', 1));
      answered += 1;
      await runner.run(move(`two${n}`, 'alice', 'bob', 1));
    };
    const all = Array.from({ length: clients }, (_, n) => client(n));
    await settled();
    const other = runner.run(move('other', 'bob', 'alice', 1));
    first.release();
    await Promise.all([...all, other]);
    const [, second, third] = answeredBefore;
    expect(second).toBe(0);
    expect(third).toBeLessThan(clients);
    expect(runner.statistics()).toMatchObject({ commandsUnderWay: 0 });
  });

  it('keeps groups together, the last record of each marked, with fresh ids', async () => {
    const { memory, runner } = await running({ alice: 10, bob: 0 });
    await Promise.all([1, 2, 3].map((n) => runner.run(move(`m${n}`, 'alice', 'bob', n))));
    const log = (await logOf(memory)).slice(2);
    const streams = ['purse-alice', 'purse-bob'];
    expect(log.map(({ stream }) => stream)).toEqual(
      ['move-m1', 'move-m2', 'move-m3'].flatMap((each) => [...streams, each]),
    );
    const plain = { schema: '1', $correlationId: 'c' };
    expect(log.map(({ metadata }) => metadata)).toEqual(
      [1, 2, 3].flatMap(() => [plain, plain, { ...plain, last: 'true' }]),
    );
    expect(new Set(log.map(({ id }) => id)).size).toBe(9);
  });

  it('bounds an append by records; one larger command goes alone', async () => {
    const { store, runner } = await running({ a: 100, b: 0 }, { batchRecordsMax: 6 });
    const sizes: number[] = [];
    store.onAppend = (_, records) => {
      sizes.push(records.length);
    };
    await Promise.all([1, 2, 3, 4, 5].map((n) => runner.run(move(`m${n}`, 'a', 'b', 1))));
    expect(sizes).toEqual([6, 6, 3]);
    await Promise.all([runner.run(move('m6', 'a', 'b', 1)), runner.run(fill('a', 12))]);
    expect(sizes).toEqual([6, 6, 3, 3, 12]);
  });

  it('decides in order of arrival per stream while one of them is loaded', async () => {
    const { store, runner, memory } = await running({ alice: 5, bob: 0, carol: 0 });
    const other = runnerOn(store);
    const slow = held();
    store.onRead = (stream) => (stream === 'purse-bob' ? slow.promise : undefined);
    const first = other.run(move('m1', 'alice', 'bob', 5));
    const second = other.run(move('m2', 'alice', 'carol', 5));
    const apart = other.run(move('m3', '@', 'carol', 1));
    await settled();
    slow.release();
    expect((await first).answer).toEqual({ status: 'moved', left: 0 });
    expect((await second).answer).toEqual({ status: 'insufficient', total: 0 });
    expect((await apart).answer).toEqual({ status: 'moved', left: 1 });
    expect((await logOf(memory)).at(-1)?.stream).toMatch(/^move-m[13]$/);
    expect(runner.statistics().commandsUnderWay).toBe(0);
  });

  it('does not let a command that names more streams later wait in a circle', async () => {
    const { store } = await running({ a: 1, b: 2 });
    const other = runnerOn(store);
    const slow = held();
    store.onRead = (stream) => (stream === 'purse-b' ? slow.promise : undefined);
    const answers = [
      other.run(follow('a', 'b')),
      other.run(follow('b', 'a')),
      other.run(move('m1', 'b', 'a', 1)),
    ];
    await settled();
    slow.release();
    const outcomes = await Promise.all(answers);
    expect(outcomes.map(({ answer }) => answer)).toEqual([
      { status: 'moved', left: 2 },
      { status: 'moved', left: 1 },
      { status: 'moved', left: 1 },
    ]);
  });

  it('answers a dry run as it would be and writes nothing', async () => {
    const { memory, runner } = await running({ alice: 10 });
    const before = await logOf(memory);
    const answer = await runner.run(dryRun(move('m1', 'alice', '@', 4)));
    expect(answer).toEqual(outcome('reported', { status: 'moved', left: 6 }));
    expect(await logOf(memory)).toEqual(before);
    const done = await runner.run(move('m1', 'alice', '@', 4));
    expect(done).toEqual(outcome('appended', { status: 'moved', left: 6 }));
  });

  it('fails a command that writes where it did not say it would, and harms no other', async () => {
    const { runner, memory } = await running({ alice: 10 });
    const before = (await logOf(memory)).length;
    const broken = { ...move('m1', 'alice', '@', 4), absent: [] };
    await expect(runner.run(broken)).rejects.toThrow('without naming it');
    const after = await runner.run(move('m2', 'alice', '@', 1));
    expect(after.answer).toEqual({ status: 'moved', left: 9 });
    expect(await logOf(memory)).toHaveLength(before + 2);
  });

  it('decides those that waited by order of arrival, also where one has streams yet to name', async () => {
    const { memory } = await running({ door: 0, alice: 10 });
    const runner = runnerOn(memory);
    await runner.run(follow('door', 'door'));
    const through = (inner: PurseCommand): PurseCommand => ({
      ...inner,
      reads: ['purse-door'],
      decide: (view) =>
        view.has('purse-alice') ? inner.decide(view) : { kind: 'needs', streams: inner.reads },
    });
    const outcomes = await Promise.all([
      runner.run(through(move('m1', 'alice', '@', 1))),
      runner.run(through(move('m2', 'alice', '@', 6))),
      runner.run(move('m3', 'alice', '@', 6)),
    ]);
    expect(outcomes.map(({ answer }) => answer)).toEqual([
      { status: 'moved', left: 9 },
      { status: 'moved', left: 3 },
      { status: 'insufficient', total: 3 },
    ]);
  });
});

import { InMemoryEventStore } from '@daybook/testing';
import { follow, move, open } from './purses/purses.fixture';
import { held, runnerOn, running, settled } from './purses/running.fixture';

describe('an answer on firm ground', () => {
  it('lets no refusal leave before the write it rests on is acknowledged', async () => {
    const { store, runner } = await running({ alice: 10 });
    const slow = held();
    store.onAppend = () => slow.promise;
    const spent = runner.run(move('m1', 'alice', '@', 10));
    let refused = false;
    const second = runner.run(move('m2', 'alice', '@', 10)).then((outcome) => {
      refused = true;
      return outcome;
    });
    await settled();
    expect(refused).toBe(false);
    slow.release();
    expect((await spent).answer).toEqual({ status: 'moved', left: 0 });
    expect((await second).answer).toEqual({ status: 'insufficient', total: 0 });
    expect(store.appends).toBe(1);
  });

  it('accepts instead of refusing when the write it rested on fails', async () => {
    const { memory, store, runner } = await running({ alice: 10 });
    const rival = runnerOn(memory);
    // The rival's deposit makes the first withdrawal possible and the append of both invalid.
    store.onAppend = async (nth) => {
      if (nth === 1) await rival.run(move('r1', '@', 'alice', 5));
    };
    const answers = await Promise.all([
      runner.run(move('m1', 'alice', '@', 8)),
      runner.run(move('m2', 'alice', '@', 7)),
    ]);
    expect(answers.map(({ answer }) => answer)).toEqual([
      { status: 'moved', left: 7 },
      { status: 'moved', left: 0 },
    ]);
  });

  it('checks in the append also what only a report in it looked at', async () => {
    const { memory, store, runner } = await running({ alice: 10, bob: 0 });
    await runner.run(move('m0', '@', 'bob', 1));
    const rival = runnerOn(memory);
    store.onAppend = async (nth) => {
      if (nth === 2) await rival.run(move('r1', '@', 'bob', 5));
    };
    const written = runner.run(move('m1', 'alice', '@', 1));
    const reported = runner.run(follow('alice', 'bob'));
    expect((await written).kind).toBe('appended');
    expect((await reported).answer).toEqual({ status: 'moved', left: 6 });
  });

  it('refuses only after a read that began after the command arrived', async () => {
    const { memory, store, runner } = await running({ alice: 1 });
    await runner.run(move('m0', '@', 'alice', 1));
    const rival = runnerOn(memory);
    await rival.run(move('r1', '@', 'alice', 100));
    const reads = store.reads;
    const outcome = await runner.run(move('m1', 'alice', '@', 50));
    expect(outcome.answer).toEqual({ status: 'moved', left: 52 });
    expect(store.reads).toBeGreaterThan(reads);
  });

  it('does not take a read that was under way on arrival for evidence', async () => {
    const { memory, store, runner } = await running({ alice: 1 });
    const rival = runnerOn(memory);
    const slow = held();
    let reads = 0;
    store.onRead = async (stream) => {
      if (stream !== 'purse-alice') return;
      reads += 1;
      if (reads === 1) await slow.promise;
    };
    // The first read looks at the store before the rival writes, and answers after it.
    const lookedBefore = store.readStream.bind(store);
    store.readStream = async (stream, from, limit) => {
      const found = await memory.readStream(stream, from, limit);
      await lookedBefore(stream, from, limit);
      return found;
    };
    const first = runner.run(move('m1', 'alice', '@', 50));
    await settled();
    await rival.run(move('r1', '@', 'alice', 100));
    const second = runner.run(move('m2', 'alice', '@', 50));
    await settled();
    slow.release();
    expect((await first).answer).toEqual({ status: 'insufficient', total: 1 });
    expect((await second).answer).toEqual({ status: 'moved', left: 51 });
  });

  it.each(['before', 'after'])(
    'refuses what came before a write that would allow it, shown %s that is acknowledged',
    async (when) => {
      const { memory, store, runner } = await running({ alice: 1 });
      const [read, reply] = [held(), held()];
      store.onRead = () => read.promise;
      const append = store.append.bind(store);
      store.append = async (records, checks) => {
        const outcome = await append(records, checks);
        await reply.promise;
        return outcome;
      };
      const refused = runner.run(move('m1', 'alice', '@', 50));
      await settled();
      const allowing = runner.run(move('m2', '@', 'alice', 100));
      await settled();
      (when === 'before' ? read : reply).release();
      await settled();
      (when === 'before' ? reply : read).release();
      expect((await refused).answer).toEqual({ status: 'insufficient', total: 1 });
      expect((await allowing).answer).toEqual({ status: 'moved', left: 101 });
      expect(await memory.readStream('purse-alice', 0, 9)).toHaveLength(2);
    },
  );

  it('decides a refusal again when the write after it lost its race', async () => {
    const { memory, store, runner } = await running({ alice: 1 });
    const [read, sent] = [held(), held()];
    store.onRead = () => read.promise;
    store.onAppend = (nth) => (nth === 1 ? sent.promise : undefined);
    const refused = runner.run(move('m1', 'alice', '@', 50));
    await settled();
    const overtaking = runner.run(move('m2', '@', 'alice', 1));
    await settled();
    await runnerOn(memory).run(move('r1', '@', 'alice', 60));
    read.release();
    await settled();
    sent.release();
    expect((await refused).answer).toEqual({ status: 'moved', left: 11 });
    expect((await overtaking).answer).toEqual({ status: 'moved', left: 12 });
  });

  it('never keeps an absence: what another opened is there for the next command', async () => {
    const { memory, runner } = await running();
    expect((await runner.run(move('m1', '@', 'bob', 1))).answer).toEqual({ status: 'no-purse' });
    await runnerOn(memory).run(open('bob'));
    expect((await runner.run(move('m1', '@', 'bob', 1))).answer).toEqual({
      status: 'moved',
      left: 1,
    });
  });

  it('answers a repeat from its record, also when it would be refused now', async () => {
    const { memory, runner } = await running({ alice: 10 });
    const first = await runner.run(move('m1', 'alice', '@', 10));
    expect(await runner.run(move('m1', 'alice', '@', 10))).toEqual({ ...first, kind: 'recalled' });
    const other = await runnerOn(memory).run(move('m1', 'alice', '@', 10));
    expect(other).toEqual({ ...first, kind: 'recalled' });
    expect((await runnerOn(memory).run(move('m1', 'alice', '@', 3))).answer).toEqual({
      status: 'reused',
    });
  });

  it('lets ten of the same wait for the one that writes, and one write', async () => {
    const { memory, store, runner } = await running({ alice: 10 });
    const same = Array.from({ length: 10 }, () => runner.run(move('m1', 'alice', '@', 4)));
    const outcomes = await Promise.all(same);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
      'appended',
      ...Array<string>(9).fill('recalled'),
    ]);
    expect(new Set(outcomes.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(store.appends).toBe(1);
    expect(await memory.readStream('move-m1', 0, 9)).toHaveLength(1);
  });

  it('fails closed on a stream that holds what it cannot read', async () => {
    const memory = new InMemoryEventStore();
    const id = '10000000-0000-4000-8000-000000000001';
    const stream = 'purse-odd';
    await memory.append([{ stream, id, type: 'FromTheFuture', json: '{}', metadata: {} }], []);
    const runner = runnerOn(memory);
    await expect(runner.run(move('m1', '@', 'odd', 1))).rejects.toMatchObject({
      code: 'StreamUnreadable',
      retryable: false,
    });
    expect(await memory.readLast('move-m1')).toBeUndefined();
  });
});

import { move, open } from './purses/purses.fixture';
import { held, logOf, runnerOn, running, settled } from './purses/running.fixture';

describe('a conflict', () => {
  it('takes back what touched the stream and what built on that; the rest goes at once', async () => {
    const purses = { a: 10, b: 0, c: 0, x: 10, y: 0 };
    const { memory, store, runner } = await running(purses);
    const rival = runnerOn(memory);
    const sent: string[][] = [];
    store.onAppend = async (nth, records) => {
      sent.push(records.map(({ stream }) => stream).filter((name) => name.startsWith('move-')));
      if (nth === 1) await rival.run(move('r1', '@', 'a', 100));
    };
    const outcomes = await Promise.all([
      runner.run(move('m1', 'a', 'b', 1)),
      runner.run(move('m2', 'b', 'c', 1)),
      runner.run(move('m3', 'x', 'y', 1)),
      runner.run(move('m4', '@', 'c', 1)),
    ]);
    expect(sent).toEqual([
      ['move-m1', 'move-m2', 'move-m3', 'move-m4'],
      ['move-m3'],
      ['move-m1', 'move-m2', 'move-m4'],
    ]);
    expect(outcomes.map(({ answer }) => answer)).toEqual([
      { status: 'moved', left: 109 },
      { status: 'moved', left: 0 },
      { status: 'moved', left: 9 },
      { status: 'moved', left: 2 },
    ]);
  });

  it('takes back what waited for the next append, too', async () => {
    const { memory, store, runner } = await running({ a: 10, b: 0, x: 5 });
    const rival = runnerOn(memory);
    const slow = held();
    store.onAppend = async (nth) => {
      if (nth === 1) {
        await rival.run(move('r1', 'a', '@', 9));
        await slow.promise;
      }
    };
    const first = runner.run(move('m1', 'a', 'b', 2));
    await settled();
    const second = runner.run(move('m2', 'b', '@', 2));
    const third = runner.run(move('m3', 'x', '@', 2));
    await settled();
    slow.release();
    expect((await first).answer).toEqual({ status: 'insufficient', total: 1 });
    expect((await second).answer).toEqual({ status: 'insufficient', total: 0 });
    expect((await third).answer).toEqual({ status: 'moved', left: 3 });
  });

  it('on the identity reads it: the same content is a repeat, other content is not', async () => {
    const { memory, store, runner } = await running({ a: 100, b: 0 });
    const rival = runnerOn(memory);
    store.onAppend = async (nth) => {
      if (nth > 1) return;
      await rival.run(move('m1', 'b', '@', 0));
      await rival.run(move('m2', '@', 'a', 7));
    };
    const outcomes = await Promise.all([
      runner.run(move('m1', 'b', '@', 0)),
      runner.run(move('m2', '@', 'a', 8)),
      runner.run(move('m3', '@', 'a', 1)),
    ]);
    expect(outcomes.map(({ kind, answer }) => [kind, answer.status])).toEqual([
      ['recalled', 'moved'],
      ['recalled', 'reused'],
      ['appended', 'moved'],
    ]);
    expect((await memory.readLast('purse-a'))?.data).toMatchObject({ total: 108 });
  });

  it('halves batches on lost races and lets them grow again', async () => {
    const { memory, store, runner } = await running({ a: 0, b: 0 }, { batchRecordsMax: 32 });
    const rival = runnerOn(memory);
    const sizes: number[] = [];
    store.onAppend = async (nth, records) => {
      sizes.push(records.length);
      if (nth === 1 || nth === 2) await rival.run(move(`r${nth}`, '@', 'a', 1));
    };
    await Promise.all(Array.from({ length: 40 }, (_, n) => runner.run(move(`m${n}`, '@', 'a', 1))));
    expect(sizes.slice(0, 5)).toEqual([32, 16, 8, 16, 32]);
    expect((await memory.readLast('purse-a'))?.data).toMatchObject({ total: 42 });
  });

  it('ends in TooMuchContention when others always win, with no effect', async () => {
    const { memory, store, runner } = await running({ a: 0 }, { conflictsMax: 5 });
    const rival = runnerOn(memory);
    store.onAppend = async (nth) => {
      await rival.run(move(`r${nth}`, '@', 'a', 1));
    };
    await expect(runner.run(move('m1', '@', 'a', 1))).rejects.toMatchObject({
      code: 'TooMuchContention',
      retryable: true,
    });
    expect(store.appends).toBe(6);
    expect(await memory.readLast('move-m1')).toBeUndefined();
    store.onAppend = () => undefined;
    expect((await runner.run(move('m1', '@', 'a', 1))).answer).toEqual({
      status: 'moved',
      left: 7,
    });
  });

  it('between two who open the same leaves one of them with the other one’s', async () => {
    const { memory, store, runner } = await running();
    const rival = runnerOn(memory);
    store.onAppend = async (nth) => {
      if (nth === 1) await rival.run(open('a', 5));
    };
    expect((await runner.run(open('a', 9))).answer).toEqual({ status: 'exists' });
    expect(await logOf(memory)).toHaveLength(1);
  });
});

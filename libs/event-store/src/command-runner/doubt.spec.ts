import type { NewRecord } from '../event-store';
import { move } from './purses/purses.fixture';
import { held, nextId, runnerOn, running, settled } from './purses/running.fixture';

const idsOf = (records: readonly NewRecord[]): string => records.map(({ id }) => id).join();

describe('an unknown outcome', () => {
  it.each(['lost-before', 'lost-after'] as const)(
    'is answered by exactly the same append again (%s the commit)',
    async (fault) => {
      const { memory, store, runner } = await running({ a: 10, b: 0 });
      const sent: string[] = [];
      store.onAppend = (nth, records, checks) => {
        sent.push(JSON.stringify([records, checks]));
        return nth <= 2 ? fault : undefined;
      };
      const answers = await Promise.all([
        runner.run(move('m1', 'a', 'b', 4)),
        runner.run(move('m2', 'a', 'b', 4)),
        runner.run(move('m3', 'a', 'b', 4)),
      ]);
      expect(answers.map(({ answer }) => answer)).toEqual([
        { status: 'moved', left: 6 },
        { status: 'moved', left: 2 },
        { status: 'insufficient', total: 2 },
      ]);
      expect(sent).toHaveLength(3);
      expect(new Set(sent).size).toBe(1);
      expect((await memory.readLast('purse-b'))?.data).toMatchObject({ total: 8 });
    },
  );

  it('is not rearranged: what comes meanwhile waits for its end', async () => {
    const { store, runner } = await running({ a: 10, b: 0 });
    const slow = held();
    const sent: string[] = [];
    store.onAppend = async (nth, records) => {
      sent.push(idsOf(records));
      if (nth === 2) await slow.promise;
      return nth === 1 ? 'lost-before' : undefined;
    };
    const first = runner.run(move('m1', 'a', '@', 1));
    await settled();
    const second = runner.run(move('m2', 'b', '@', 0));
    await settled();
    expect(sent).toHaveLength(2);
    slow.release();
    await Promise.all([first, second]);
    expect(sent[1]).toBe(sent[0]);
    expect(sent).toHaveLength(3);
  });

  it('of a committed append is found out even if others wrote on, or only read streams moved', async () => {
    const { memory, store, runner } = await running({ a: 10, b: 0 });
    const rival = runnerOn(memory);
    store.onAppend = async (nth) => {
      if (nth > 1) await rival.run(move(`r${nth}`, '@', 'b', 1));
      return nth === 1 ? 'lost-after' : undefined;
    };
    // The report of the second command puts a check of `b`, which it only reads, into the append.
    const written = runner.run(move('m1', 'a', '@', 10));
    const refused = runner.run(move('m2', 'a', 'b', 1));
    expect((await written).kind).toBe('appended');
    expect((await refused).answer).toEqual({ status: 'insufficient', total: 0 });
    expect(await memory.readStream('move-m1', 0, 9)).toHaveLength(1);
  });

  it('of a committed append is told from a lost race by its own record in the store', async () => {
    const { memory, store, runner } = await running({ a: 10 });
    const key = { stream: 'key-k', id: nextId(), type: 'Moved', json: '{}', metadata: {} };
    store.onAppend = async (nth) => {
      if (nth === 2) await memory.append([key], []);
      return nth === 1 ? 'lost-after' : undefined;
    };
    const plain = move('m1', 'a', '@', 4);
    const outcome = await runner.run({ ...plain, absent: [...plain.absent, 'key-k'] });
    expect(outcome).toMatchObject({ kind: 'appended', answer: { left: 6 } });
    expect(outcome.position).toBe((await memory.readLast('move-m1'))?.position);
    expect(store.appends).toBe(2);
  });

  it('is fenced after some resends: the old append can never commit, all is done once', async () => {
    const { memory, store, runner } = await running({ a: 10, b: 0 }, { resendsMax: 2 });
    const sent: string[] = [];
    store.onAppend = (_, records) => {
      sent.push(idsOf(records));
      // Large appends get lost on the way, and arrive when nobody expects them.
      return records.length > 3 && sent.length < 4 ? 'delayed' : undefined;
    };
    const answers = await Promise.all([
      runner.run(move('m1', 'a', 'b', 4)),
      runner.run(move('m2', 'a', 'b', 4)),
    ]);
    expect(await store.deliverLate()).toEqual([
      expect.objectContaining({ committed: false }),
      expect.objectContaining({ committed: false }),
      expect.objectContaining({ committed: false }),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    expect(runner.statistics().fences).toBe(1);
    expect(sent[0]).toBe(sent[2]);
    expect(sent[3]).not.toContain(sent[0]?.slice(0, 36));
    expect((await memory.readLast('purse-b'))?.data).toMatchObject({ total: 8 });
    expect(await memory.readStream('purse-b', 0, 9)).toHaveLength(3);
  });

  it('whose fence is too late learns from the identities that it was committed', async () => {
    const { memory, store, runner } = await running({ a: 10, b: 0 }, { resendsMax: 1 });
    store.onAppend = (nth) => (nth === 1 ? 'lost-after' : nth === 2 ? 'lost-before' : undefined);
    const answers = await Promise.all([
      runner.run(move('m1', 'a', 'b', 4)),
      runner.run(move('m2', 'a', 'b', 4)),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    expect(answers[0]?.position).toBe((await memory.readLast('move-m2'))?.position);
    expect(await memory.readStream('purse-b', 0, 9)).toHaveLength(3);
  });

  it('whose fence loses a race is decided again', async () => {
    const { memory, store, runner } = await running({ a: 10, b: 0 }, { resendsMax: 1 });
    const rival = runnerOn(memory);
    store.onAppend = async (nth) => {
      if (nth === 3) await rival.run(move('r1', 'a', '@', 9));
      return nth <= 2 ? 'lost-before' : undefined;
    };
    const answer = await runner.run(move('m1', 'a', 'b', 4));
    expect(answer.answer).toEqual({ status: 'insufficient', total: 1 });
  });

  it('with a fence of unknown outcome is still done once', async () => {
    const { memory, store, runner } = await running(
      { a: 10, b: 0 },
      { resendsMax: 1, fencesMax: 5 },
    );
    store.onAppend = (nth) => (nth <= 2 ? 'lost-before' : nth <= 4 ? 'lost-after' : undefined);
    const answers = await Promise.all([
      runner.run(move('m1', 'a', 'b', 4)),
      runner.run(move('m2', 'a', 'b', 4)),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    expect(await memory.readStream('purse-b', 0, 9)).toHaveLength(3);
  });

  it.each([
    ['the same append', 1],
    ['its fence', 0],
  ])('that was committed is found in the store when %s is refused', async (_, resendsMax) => {
    const { memory, store, runner } = await running({ a: 10, b: 0 }, { resendsMax });
    // As by a node with lower limits that has become the leader since.
    store.onAppend = (nth) => (nth === 1 ? 'lost-after' : 'refused');
    const answers = await Promise.all([
      runner.run(move('m1', 'a', 'b', 4)),
      runner.run(move('m2', 'a', 'b', 4)),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    expect(await memory.readStream('purse-b', 0, 9)).toHaveLength(3);
  });

  it('of a refused append is certain: the batch is split, the one that is at fault fails', async () => {
    const { memory, store, runner } = await running({ a: 10, b: 0 });
    store.onAppend = (_, records) =>
      records.some(({ stream }) => stream === 'move-bad') ? 'refused' : undefined;
    const [good, bad, later] = await Promise.allSettled([
      runner.run(move('m1', 'a', 'b', 1)),
      runner.run(move('bad', 'a', 'b', 9)),
      runner.run(move('m2', 'a', 'b', 9)),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled' });
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'AppendRefused' } });
    expect(later).toMatchObject({ value: { answer: { status: 'moved', left: 0 } } });
    expect((await memory.readLast('purse-b'))?.data).toMatchObject({ total: 10 });
  });
});

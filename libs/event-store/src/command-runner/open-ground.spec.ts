import { openGround } from './open-ground';
import { move, type PurseCommand } from './purses/purses.fixture';
import { held, runnerOn, running, settled } from './purses/running.fixture';
import { StreamEntry } from './stream-entry';
import { Ground } from './task';

const total = (state: unknown): number => (state as { total: number }).total;

/** Reports what two purses hold together: moves between them never change it. */
const both = (first: string, second: string, reads = [first, second]): PurseCommand => ({
  reads: reads.map((purse) => `purse-${purse}`),
  absent: ['move-both'],
  bytes: 100,
  metadata: {},
  decide: (view) => {
    if (!view.has(`purse-${second}`)) return { kind: 'needs', streams: [`purse-${second}`] };
    const [one, other] = [view.get(`purse-${first}`), view.get(`purse-${second}`)];
    if (!one || !other) return { kind: 'report', answer: { status: 'no-purse' } };
    return { kind: 'report', answer: { status: 'moved', left: total(one) + total(other) } };
  },
});

/** What another runner writes when a stream is read for the first times, so many. */
async function rivalled(times: number, whenRead: string) {
  const { memory, store } = await running({ alice: 1_000, bob: 0 });
  const rival = runnerOn(memory);
  let moves = 0;
  store.onRead = async (stream) => {
    if (stream !== whenRead || moves === times) return;
    moves += 1;
    await rival.run(move(`r${moves}`, 'alice', 'bob', 1));
  };
  return { memory, store, runner: runnerOn(store, { conflictsMax: 8 }) };
}

describe('a report on several streams', () => {
  it('never puts together what lay on two sides of a write to both', async () => {
    const { runner } = await rivalled(1, 'purse-bob');
    const { answer } = await runner.run(both('alice', 'bob'));
    expect(answer).toEqual({ status: 'moved', left: 1_000 });
  });

  it('nor when the second is only named once the first is loaded', async () => {
    const { runner } = await rivalled(1, 'purse-bob');
    const { answer } = await runner.run(both('alice', 'bob', ['alice']));
    expect(answer).toEqual({ status: 'moved', left: 1_000 });
  });

  it('nor when one was in memory, shown after the arrival and before the write', async () => {
    const { memory, store, runner } = await rivalled(0, '');
    await runner.run(both('alice', 'bob'));
    const rival = runnerOn(memory);
    let reads = 0;
    // Both are shown anew; the rival writes to both when only the one was looked at.
    store.onRead = async (stream) => {
      if (stream !== 'purse-bob') return;
      reads += 1;
      if (reads === 1) await rival.run(move('r1', 'alice', 'bob', 1));
    };
    const { answer } = await runner.run(both('alice', 'bob'));
    expect(answer).toEqual({ status: 'moved', left: 1_000 });
  });

  it('leaves as soon as others pause, and ends in TooMuchContention when they do not', async () => {
    const pausing = await rivalled(6, 'purse-bob');
    const { answer } = await pausing.runner.run(both('alice', 'bob'));
    expect(answer).toEqual({ status: 'moved', left: 1_000 });
    const never = await rivalled(Number.POSITIVE_INFINITY, 'purse-bob');
    await expect(never.runner.run(both('alice', 'bob'))).rejects.toMatchObject({
      code: 'TooMuchContention',
    });
  });

  it('reads a single stream once, however much others write to it', async () => {
    const { store, runner } = await rivalled(Number.POSITIVE_INFINITY, 'purse-alice');
    let reads = 0;
    const { onRead } = store;
    store.onRead = (stream) => {
      if (stream === 'purse-alice') reads += 1;
      return onRead(stream);
    };
    const { answer } = await runner.run(move('m1', 'alice', '@', 5_000));
    expect(answer).toEqual({ status: 'insufficient', total: 999 });
    expect(reads).toBe(1);
  });

  it.each(['before', 'after'])(
    'takes no later read for what an append checked, when it ends %s the acknowledgement',
    async (when) => {
      const { memory, store, runner } = await rivalled(0, '');
      await runner.run(both('alice', 'bob'));
      const slow = held();
      store.onRead = (stream) => (stream === 'purse-bob' ? slow.promise : undefined);
      const append = store.append.bind(store);
      store.append = async (records, checks) => {
        const outcome = await append(records, checks);
        await runnerOn(memory).run(move('r1', 'alice', 'bob', 1));
        if (when === 'before') slow.release();
        await settled();
        return outcome;
      };
      const reported = runner.run(both('alice', 'bob'));
      // It writes to the one, and has its append check the other that is just being read.
      const deposit = move('m1', '@', 'alice', 5);
      await runner.run({ ...deposit, reads: ['purse-alice', 'purse-bob'] });
      slow.release();
      expect((await reported).answer).toEqual({ status: 'moved', left: 1_005 });
    },
  );

  it('needs no read when an append carries it', async () => {
    const { store, runner } = await running({ alice: 10, bob: 0 });
    await runner.run(move('m1', 'alice', 'bob', 1));
    store.reads = 0;
    const moved = runner.run(move('m2', 'alice', 'bob', 1));
    const reported = runner.run(both('alice', 'bob'));
    expect((await moved).answer).toEqual({ status: 'moved', left: 8 });
    expect((await reported).answer).toEqual({ status: 'moved', left: 10 });
    expect(store.reads).toBe(0);
  });
});

describe('open ground', () => {
  const ABSENT = -1;
  const at = (takenOverAt: number, shownAt: number) => ({ takenOverAt, shownAt });

  it.each([
    ['one stream, loaded after the arrival', [at(20, 12)], []],
    ['one stream, shown before the arrival', [at(8, 5)], [0]],
    ['an absence shown at any time after the arrival', [at(ABSENT, 11)], []],
    ['an absence never shown', [at(ABSENT, -1)], [0]],
    ['two that were shown after both were taken over', [at(3, 14), at(12, 13)], []],
    ['two loaded side by side', [at(14, 11), at(15, 12)], [0, 1]],
    ['two loaded one after the other', [at(12, 11), at(14, 13)], [0]],
    ['two of one append', [at(14, 11), at(14, 11)], []],
    ['one written by an append and one only checked in it', [at(14, 11), at(3, 11)], []],
    ['two of one append that began before the arrival', [at(14, 9), at(14, 9)], [0, 1]],
    ['one of an append and one loaded beside it', [at(14, 11), at(13, 12)], [0, 1]],
    ['an absence shown after the other was taken over', [at(14, 11), at(ABSENT, 15)], []],
    ['an absence shown while the other was loaded', [at(14, 11), at(ABSENT, 12)], [1]],
  ])('is what may have changed before the others were there: %s', (_, grounds, expected) => {
    const named = grounds.map((times, index) => {
      const entry = new StreamEntry<number>(`stream-${index}`);
      return new Ground(Object.assign(entry, times), true);
    });
    const open = openGround(named, 10);
    expect(open.grounds.map((ground) => named.indexOf(ground))).toEqual(expected);
    for (const { entry } of named) expect(open.since).toBeGreaterThanOrEqual(entry.takenOverAt);
  });
});

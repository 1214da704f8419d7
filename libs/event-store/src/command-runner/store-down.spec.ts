import { StoreUnreachable } from '../errors';
import { move, purseModel } from './purses/purses.fixture';
import { held, logOf, runnerOn, running, settled } from './purses/running.fixture';

const few = { resendsMax: 2, fencesMax: 2, readRetriesMax: 1 };

describe('a store that is down', () => {
  it('gives the truth about outcomes, refuses at once, and recovers by itself', async () => {
    const { memory, store, runner } = await running({ a: 10, b: 0 }, few);
    const slow = held();
    store.onAppend = () => slow.promise.then(() => 'lost-before');
    const inFlight = runner.run(move('m1', 'a', 'b', 1));
    await settled();
    const queued = runner.run(move('m2', 'a', 'b', 1));
    const report = runner.run(move('m3', 'b', '@', 100));
    slow.release();
    store.down = true;
    await expect(inFlight).rejects.toMatchObject({ code: 'StoreUnavailable', outcome: 'unknown' });
    await expect(queued).rejects.toMatchObject({ code: 'StoreUnavailable', outcome: 'none' });
    await expect(report).rejects.toMatchObject({ code: 'StoreUnavailable', outcome: 'none' });
    expect(runner.available).toBe(false);
    await expect(runner.run(move('m4', 'a', 'b', 1))).rejects.toMatchObject({ outcome: 'none' });

    store.onAppend = () => undefined;
    store.down = false;
    await settled();
    expect(runner.available).toBe(true);
    const after = await runner.run(move('m5', 'a', 'b', 2));
    // The one of unknown outcome may have been done, by its fence; all others were not.
    const moves = (await logOf(memory)).map(({ stream }) => stream).filter((s) => /^move/.test(s));
    expect(moves).toEqual(['move-m1', 'move-m5']);
    expect(after.answer).toEqual({ status: 'moved', left: 7 });
  });

  it('is no reason to deny what it acknowledged before, answered or not', async () => {
    const count = 200;
    const { store, runner } = await running({ a: count, b: 0 }, few);
    const slow = held();
    store.onAppend = (nth) => (nth === 1 ? slow.promise : 'lost-before');
    const many = Array.from({ length: count }, (_, n) => runner.run(move(`m${n}`, 'a', '@', 1)));
    await settled();
    const next = runner.run(move('next', 'b', '@', 0));
    slow.release();
    await expect(next).rejects.toMatchObject({ code: 'StoreUnavailable', outcome: 'unknown' });
    store.onAppend = () => undefined;
    const answers = await Promise.all(many);
    expect(answers.map(({ answer }) => answer)).toEqual(
      answers.map((_, n) => ({ status: 'moved', left: count - 1 - n })),
    );
  });

  it('fails reads as certainly without effect, after a bounded number of tries', async () => {
    const { memory, store } = await running({ a: 10 });
    const other = runnerOn(store, few);
    store.down = true;
    await expect(other.run(move('m1', 'a', '@', 1))).rejects.toMatchObject({ outcome: 'none' });
    expect(store.reads).toBeLessThanOrEqual(2);
    store.down = false;
    expect((await other.run(move('m1', 'a', '@', 1))).answer).toEqual({ status: 'moved', left: 9 });
    expect(await memory.readStream('move-m1', 0, 9)).toHaveLength(1);
  });

  it('answers all who wait for their turn to read when it says nothing for too long', async () => {
    const { store } = await running({ a: 10 });
    let nowMs = 0;
    const bounds = { readsInFlightMax: 2, readRetriesMax: 3, unknownMsMax: 15_000 };
    const other = runnerOn(store, bounds, purseModel, { nowMs: () => nowMs });
    store.onRead = async () => {
      await settled();
      nowMs += 5_000;
      throw new StoreUnreachable('no answer in time');
    };
    const waiting = Array.from({ length: 50 }, (_, n) => other.run(move(`m${n}`, `p${n}`, '@', 1)));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map((each) => each.status === 'rejected' && each.reason.outcome)).toEqual(
      waiting.map(() => 'none'),
    );
    expect(nowMs).toBeLessThanOrEqual(15_000 + 2 * 5_000);
    store.onRead = () => undefined;
    expect((await other.run(move('m', 'a', '@', 1))).answer).toEqual({ status: 'moved', left: 9 });
  });

  it('that does not say what became of an append is given up in time, not a try later', async () => {
    const { store } = await running({ a: 10 });
    let nowMs = 0;
    const other = runnerOn(store, { unknownMsMax: 15_000 }, purseModel, { nowMs: () => nowMs });
    store.onAppend = () => {
      nowMs += 5_001;
      return 'lost-before';
    };
    const lost = other.run(move('m1', 'a', '@', 1));
    await expect(lost).rejects.toMatchObject({ code: 'StoreUnavailable', outcome: 'unknown' });
    expect(nowMs).toBe(3 * 5_001);
    store.onAppend = () => undefined;
    await settled();
    expect(other.available).toBe(true);
  });

  it('is waited for as long as it answers somebody, however slow', async () => {
    const { store } = await running({ a: 10 });
    let nowMs = 0;
    const bounds = { readsInFlightMax: 1, unknownMsMax: 15_000 };
    const other = runnerOn(store, bounds, purseModel, { nowMs: () => nowMs });
    store.onRead = () => {
      nowMs += 4_000;
    };
    const waiting = Array.from({ length: 20 }, (_, n) => other.run(move(`m${n}`, `p${n}`, '@', 1)));
    const answers = await Promise.all(waiting);
    expect(new Set(answers.map(({ answer }) => answer.status))).toEqual(new Set(['no-purse']));
  });

  it('that cannot be asked what became of an append keeps nobody waiting', async () => {
    const { memory, store } = await running({ a: 10 });
    let nowMs = 0;
    const bounds = { resendsMax: 1_000, unknownMsMax: 15_000 };
    const other = runnerOn(store, bounds, purseModel, { nowMs: () => nowMs });
    await other.run(move('m0', '@', 'a', 1));
    store.onAppend = async (nth) => {
      if (nth === 3) await runnerOn(memory).run(move('r', 'a', '@', 1));
      return nth === 2 ? 'lost-before' : undefined;
    };
    let reads = 0;
    store.onRead = () => {
      reads += 1;
      nowMs += 5_000;
      throw new StoreUnreachable('no answer in time');
    };
    await expect(other.run(move('m1', 'a', '@', 1))).rejects.toMatchObject({ outcome: 'unknown' });
    expect(reads).toBeLessThanOrEqual(5);
    store.onRead = () => undefined;
    await settled();
    expect(other.available).toBe(true);
  });

  it.each([
    ['by count', { commandsMax: 3 }],
    // A decided command weighs its own bytes and about 600 for each of its records.
    ['by bytes, those of its records too', { bytesMax: 2 * (100 + 2 * 600) + 100 }],
  ])('holds no more commands than it may, %s', async (_, bounds) => {
    const { store, runner } = await running({ a: 100 }, bounds);
    const slow = held();
    store.onAppend = () => slow.promise;
    const three = [1, 2, 3].map((n) => runner.run(move(`m${n}`, 'a', '@', 1)));
    const fourth = { ...move('m4', 'a', '@', 1), bytes: 1 };
    await expect(runner.run(fourth)).rejects.toMatchObject({ code: 'Overloaded' });
    slow.release();
    await Promise.all(three);
    expect((await runner.run(fourth)).answer).toEqual({ status: 'moved', left: 96 });
    expect(runner.statistics()).toMatchObject({ commandsUnderWay: 0, bytesUnderWay: 0 });
  });

  it('refuses a command that is larger than any store need take', async () => {
    const { runner, store } = await running({ a: 10 }, { commandBytesMax: 1_000 });
    await expect(runner.run(move('m1', 'a', '@', 1))).rejects.toMatchObject({
      code: 'CommandTooLarge',
      retryable: false,
    });
    expect(store.appends).toBe(0);
  });

  it('shuts down after what is under way, or in bounded time with the truth', async () => {
    const { memory, store, runner } = await running({ a: 10 }, { ...few, drainMsMax: 30 });
    const answer = runner.run(move('m1', 'a', '@', 1));
    const stopped = runner.stop();
    await expect(runner.run(move('m2', 'a', '@', 1))).rejects.toMatchObject({ outcome: 'none' });
    expect((await answer).kind).toBe('appended');
    await stopped;

    const other = runnerOn(store, { ...few, fencesMax: 1_000_000, drainMsMax: 30 });
    await other.run(move('m3', 'a', '@', 1));
    store.onAppend = () => 'lost-before';
    const doubtful = other.run(move('m4', 'a', '@', 1));
    const rejected = expect(doubtful).rejects.toMatchObject({ outcome: 'unknown' });
    await settled();
    await other.stop();
    await rejected;
    expect(await memory.readLast('move-m4')).toBeUndefined();
  });
});

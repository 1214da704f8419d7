import { move } from './purses/purses.fixture';
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

import { FaultyEventStore } from '@daybook/testing';
import { follow, move } from './purses/purses.fixture';
import { held, logOf, runnerOn, running, settled } from './purses/running.fixture';
import { StateCache } from './state-cache';

/** A state of weight 10 and its place. */
const ONE = 590;
const bounds = { recentStreamsMax: 20, cacheBytesMax: 70 * ONE, unpackedStreamsMax: 8 };

/** Pins, makes known and releases, as a command does. */
function use(cache: StateCache<string>, stream: string, read: boolean, weight = 10): void {
  const entry = cache.pin(stream, read);
  entry.known = true;
  entry.revision = 0;
  cache.weigh(entry, weight);
  cache.release(entry);
}

describe('the state cache', () => {
  it('stays within its bounds; what was only written never pushes out what is read', () => {
    const cache = new StateCache<string>(bounds);
    for (let n = 0; n < 40; n += 1) use(cache, `account-${n}`, true);
    for (let n = 0; n < 10_000; n += 1) use(cache, `transaction-${n}`, false);
    expect(cache.size).toBeLessThanOrEqual(61);
    for (let n = 0; n < 40; n += 1) expect(cache.get(`account-${n}`)).toBeDefined();
    for (let n = 0; n < 10_000; n += 1) use(cache, `more-${n}`, true);
    expect(cache.size).toBeLessThanOrEqual(75);
  });

  it('keeps what is used again and again', () => {
    const cache = new StateCache<string>(bounds);
    for (let n = 0; n < 10_000; n += 1) {
      use(cache, 'hot', true);
      use(cache, `cold-${n}`, true);
    }
    expect(cache.get('hot')).toBeDefined();
  });

  it('counts large states for what they weigh', () => {
    const cache = new StateCache<string>({ ...bounds, cacheBytesMax: 10_000 });
    for (let n = 0; n < 50; n += 1) use(cache, `account-${n}`, true, 1_000);
    expect(cache.size).toBeLessThanOrEqual(8);
  });

  it('never drops what a command holds, nor keeps an absence', () => {
    const cache = new StateCache<string>({ ...bounds, cacheBytesMax: 5 * ONE });
    const held = Array.from({ length: 20 }, (_, n) => cache.pin(`held-${n}`, true));
    for (const entry of held) entry.known = true;
    for (let n = 0; n < 100; n += 1) use(cache, `other-${n}`, true);
    for (const entry of held) expect(cache.get(entry.stream)).toBe(entry);
    for (const entry of held) cache.release(entry);
    for (const entry of held) expect(cache.get(entry.stream)).toBeUndefined();
  });

  it('of any size gives the same answers', async () => {
    const purses = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`p${n}`, 100]));
    const { memory } = await running(purses);
    const tiny = runnerOn(memory, { recentStreamsMax: 1, cacheBytesMax: 1 });
    for (let n = 0; n < 200; n += 1) {
      await tiny.run(move(`m${n}`, `p${n % 20}`, `p${(n * 7 + 1) % 20}`, 1));
    }
    expect(tiny.statistics().streamsCached).toBeLessThan(10);
    const total = await Promise.all(
      Object.keys(purses).map(async (purse) => {
        const { data } = (await memory.readLast(`purse-${purse}`)) ?? { data: { total: 0 } };
        return (data as { total: number }).total;
      }),
    );
    expect(total.reduce((sum, each) => sum + each, 0)).toBe(2_000);
    expect((await logOf(memory)).length).toBe(20 + 200 * 3);
  });

  it('counts nothing of what is loaded for commands that have their answer', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `p${n}`);
    const { memory } = await running(Object.fromEntries(names.map((name) => [name, 1])));
    const store = new FaultyEventStore(memory);
    const runner = runnerOn(store, { cacheBytesMax: 12 * 650, resendsMax: 0, fencesMax: 1 });
    const slow = held();
    store.onRead = (stream) => (stream === 'purse-p0' ? undefined : slow.promise);
    store.onAppend = () => 'lost-before';
    // The store takes no append and is given up while it still reads.
    const lost = names.map((name) => runner.run(move(`${name}-lost`, name, '@', 1)));
    await Promise.allSettled(lost);
    store.onAppend = () => undefined;
    slow.release();
    await settled();
    for (const name of names.slice(0, 10)) await runner.run(follow(name, name));
    expect(runner.statistics().streamsCached).toBeGreaterThanOrEqual(10);
    await runner.stop();
  });
});

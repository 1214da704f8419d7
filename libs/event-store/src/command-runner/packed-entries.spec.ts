import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CacheBounds, StateCache } from './state-cache';
import type { StreamEntry } from './stream-entry';

interface Note {
  readonly text: string;
}

const packing = {
  pack: (note: Note) => (note.text === 'unpackable' ? undefined : JSON.stringify(note)),
  unpack: (text: string) => JSON.parse(text) as Note,
};

/** A cache in which only the one that was released last stays an object. */
function cacheOf(bounds: Partial<CacheBounds> = {}): StateCache<Note> {
  const usual = { recentStreamsMax: 2, cacheBytesMax: 1_000_000, unpackedStreamsMax: 1 };
  return new StateCache<Note>({ ...usual, ...bounds }, packing);
}

/** Pins the stream's entry, gives it that state as if it had been loaded, and releases it. */
function keep(cache: StateCache<Note>, stream: string, text: string): StreamEntry<Note> {
  const entry = cache.pin(stream, true);
  entry.state = { text };
  entry.revision = entry.firmRevision = 7;
  entry.known = true;
  cache.weigh(entry, 10);
  cache.release(entry);
  return entry;
}

/** Has the one that was released before packed. */
const releaseAnother = (cache: StateCache<Note>): unknown => keep(cache, 'another', 'another');

describe('an entry that no command holds', () => {
  it('is packed, and comes back as it was', () => {
    const cache = cacheOf();
    const entry = cache.pin('account-ä', true);
    Object.assign(entry, {
      state: { text: 'größer, 大' },
      ...{
        revision: 2 ** 40,
        firmRevision: 2 ** 40,
        ownSince: 5,
        takenOverAt: 6,
        shownAt: 2 ** 50,
      },
      ...{ position: 2n ** 62n, recordId: 'an id', snapshotRevision: 500, known: true },
    });
    cache.weigh(entry, 10);
    cache.release(entry);
    releaseAnother(cache);
    const back = cache.pin('account-ä', true);
    expect(back).not.toBe(entry);
    expect(back).toEqual({ ...entry, pins: 1, weight: 0 });
  });

  it.each([undefined, 0n])('keeps a position of %p', (position) => {
    const cache = cacheOf();
    keep(cache, 'a', 'first');
    const entry = cache.pin('a', true);
    entry.position = position;
    cache.release(entry);
    releaseAnother(cache);
    expect(cache.get('a')).not.toBe(entry);
    expect(cache.get('a')?.position).toBe(position);
  });

  it.each([
    ['that its model does not pack', 'unpackable'],
    ['whose text is too long', 'x'.repeat(400)],
    ['whose text has too many bytes', '大'.repeat(115)],
  ])('stays an object with a state %s', (_, text) => {
    const cache = cacheOf();
    expect(cache.get('a')).toBeUndefined();
    const entry = keep(cache, 'a', text);
    releaseAnother(cache);
    expect(cache.get('a')).toBe(entry);
  });

  it('stays an object while something is under way that will change it', () => {
    const cache = cacheOf();
    const entry = cache.pin('a', true);
    Object.assign(entry, { state: { text: 'a' }, revision: 0, firmRevision: 0, known: true });
    entry.showing = { beganAt: 1, result: Promise.resolve({ revision: 0, current: true }) };
    cache.release(entry);
    releaseAnother(cache);
    expect(cache.pin('a', true)).toBe(entry);
    entry.showing = undefined;
    cache.release(entry);
    releaseAnother(cache);
    expect(cache.get('a')).not.toBe(entry);
  });

  it('is one object for all who hold it', () => {
    const cache = cacheOf();
    keep(cache, 'a', 'a');
    const entry = cache.pin('a', true);
    expect(cache.pin('a', true)).toBe(entry);
    cache.release(entry);
    releaseAnother(cache);
    expect(cache.get('a')).toBe(entry);
  });

  it('stays an object as long as it is used more often than others are', () => {
    const cache = cacheOf({ unpackedStreamsMax: 40 });
    const entry = keep(cache, 'a', 'a');
    for (let n = 0; n < 300; n += 1) {
      keep(cache, `other-${n % 60}`, 'other');
      keep(cache, `more-${n % 60}`, 'more');
      expect(cache.pin('a', true)).toBe(entry);
      cache.release(entry);
    }
    for (let n = 0; n < 80; n += 1) keep(cache, `new-${n}`, 'new');
    expect(cache.get('a')).not.toBe(entry);
    expect(cache.get('a')?.state).toEqual({ text: 'a' });
  });

  it('stays an object while there are no more of them than may be', () => {
    const cache = cacheOf({ unpackedStreamsMax: 5 });
    const entries = [0, 1, 2, 3, 4].map((n) => keep(cache, `a-${n}`, 'text'));
    for (let n = 0; n < 100; n += 1) keep(cache, `a-${n % 5}`, 'text');
    entries.forEach((entry, n) => expect(cache.get(`a-${n}`)).toBe(entry));
  });

  it('keeps its own state among thousands that come and go', () => {
    const cache = cacheOf({ cacheBytesMax: 6_000 * 580, unpackedStreamsMax: 100 });
    for (let n = 0; n < 20_000; n += 1) {
      keep(cache, `a-${n}`, `of a-${n}`);
      const older = `a-${Math.max(0, n - (n % 9_000))}`;
      const entry = cache.get(older);
      if (entry) expect(entry.state).toEqual({ text: `of ${older}` });
    }
    expect(cache.size).toBeLessThanOrEqual(6_001);
    const kept = Array.from({ length: 20_000 }, (_, n) => cache.get(`a-${n}`)).filter(Boolean);
    expect(kept.length).toBeGreaterThan(5_900);
    for (const entry of kept) expect(entry?.state).toEqual({ text: `of ${entry?.stream}` });
  });

  it('is not kept by anything once it was pushed out', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const cache = cacheOf({ cacheBytesMax: 20 * 600, unpackedStreamsMax: 1_000 });
    const pushedOut = new WeakRef(keep(cache, 'first', 'unpackable'));
    for (let n = 0; n < 200; n += 1) keep(cache, `a-${n}`, 'unpackable');
    expect(cache.get('first')).toBeUndefined();
    // What a WeakRef was made of or showed lives until the end of the turn.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(pushedOut.deref()).toBeUndefined();
  });
});

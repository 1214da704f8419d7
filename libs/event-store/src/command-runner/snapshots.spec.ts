import { FaultyEventStore, InMemoryEventStore } from '@daybook/testing';
import type { StoredRecord } from '../event-store';
import { move, open, withSnapshots } from './purses/purses.fixture';
import { nextId, runnerOn, settled } from './purses/running.fixture';

/** A purse with so many events, written by a runner with snapshots every hundred. */
async function longPurse(moves: number, everyEvents = 100): Promise<InMemoryEventStore> {
  const memory = new InMemoryEventStore();
  const runner = runnerOn(memory, {}, withSnapshots(everyEvents));
  await runner.run(open('a'));
  for (let n = 0; n < moves; n += 100) {
    const batch = Array.from({ length: 100 }, (_, k) => move(`m${n + k}`, '@', 'a', 1));
    await Promise.all(batch.map((each) => runner.run(each)));
  }
  await settled();
  return memory;
}

const snapshotOf = async (memory: InMemoryEventStore): Promise<StoredRecord> => {
  const last = await memory.readLast('snapshot-purse-a');
  if (last === undefined) throw new Error('no snapshot');
  return last;
};

/** Runs one command on a fresh runner and counts the records it had to read. */
async function readsOfOne(
  memory: InMemoryEventStore,
  version = 1,
): Promise<{ left: unknown; records: number }> {
  const store = new FaultyEventStore(memory);
  const counted = store.readStream.bind(store);
  let records = 0;
  store.readStream = async (...args) => {
    const found = await counted(...args);
    records += found.length;
    return found;
  };
  const runner = runnerOn(store, {}, withSnapshots(100, version));
  const { answer } = await runner.run(move(nextId(), '@', 'a', 1));
  await settled();
  return { left: 'left' in answer ? answer.left : undefined, records };
}

describe('snapshots', () => {
  it('make loading a long stream cost what a short one does', async () => {
    const short = await readsOfOne(await longPurse(300));
    const long = await readsOfOne(await longPurse(5_000));
    expect(short.left).toBe(301);
    expect(long.left).toBe(5_001);
    expect(long.records).toBeLessThanOrEqual(250);
    expect(Math.abs(long.records - short.records)).toBeLessThanOrEqual(100);
  });

  it('are not looked for where the stream is short: one read is all', async () => {
    const memory = new InMemoryEventStore();
    await runnerOn(memory).run(open('a'));
    const store = new FaultyEventStore(memory);
    const read: string[] = [];
    store.onRead = (stream) => void read.push(stream);
    const runner = runnerOn(store, {}, withSnapshots(100));
    expect((await runner.run(move('m', '@', 'a', 1))).kind).toBe('appended');
    expect(read).toEqual(['purse-a']);
  });

  it('of another version are ignored and written anew', async () => {
    const memory = await longPurse(1_000);
    const first = await readsOfOne(memory, 2);
    expect(first.left).toBe(1_001);
    expect(first.records).toBeGreaterThan(1_000);
    expect((await snapshotOf(memory)).data).toMatchObject({ version: 2 });
    expect((await readsOfOne(memory, 2)).records).toBeLessThanOrEqual(250);
  });

  it('that do not belong to the stream as the store has it are ignored', async () => {
    const memory = await longPurse(1_000);
    const { type, data, metadata } = await snapshotOf(memory);
    const state = { kind: 'purse', total: 1e6, events: 1 };
    const foreign = { ...(data as object), revision: 1_000, recordId: nextId(), state };
    const json = JSON.stringify(foreign);
    const stream = 'snapshot-purse-a';
    await memory.append([{ stream, id: nextId(), type, json, metadata: {} }], []);
    expect((await readsOfOne(memory)).left).toBe(1_001);
    expect(metadata).toMatchObject({ schema: '1' });
  });

  it('that say they are from before the first event are ignored', async () => {
    const memory = await longPurse(200);
    const { type, data } = await snapshotOf(memory);
    const json = JSON.stringify({ ...(data as object), revision: -5 });
    const stream = 'snapshot-purse-a';
    await memory.append([{ stream, id: nextId(), type, json, metadata: {} }], []);
    const store = new FaultyEventStore(memory);
    const readStream = store.readStream.bind(store);
    store.readStream = (name, from, limit) => {
      if (from < 0) throw new Error('there is no such revision');
      return readStream(name, from, limit);
    };
    const runner = runnerOn(store, {}, withSnapshots(100));
    expect((await runner.run(move('x', '@', 'a', 1))).answer).toMatchObject({ left: 201 });
  });

  it('that cannot be read or written harm no command', async () => {
    const memory = await longPurse(200);
    const store = new FaultyEventStore(memory);
    store.onRead = (stream) => {
      if (stream.startsWith('snapshot-')) throw new Error('cannot be read');
    };
    store.onAppend = (_, [record]) =>
      record?.stream.startsWith('snapshot-') ? 'refused' : undefined;
    const runner = runnerOn(store, {}, withSnapshots(10));
    expect((await runner.run(move('x', '@', 'a', 1))).answer).toMatchObject({ left: 201 });
    await settled();
    expect(runner.statistics()).toMatchObject({ snapshotsWritten: 0, snapshotsFailed: 1 });
  });

  it('plus the tail equal a replay from the start, at every length', async () => {
    for (let length = 100; length <= 400; length += 100) {
      const memory = await longPurse(length, 70);
      const replayed = runnerOn(memory);
      const resumed = runnerOn(memory, {}, withSnapshots(70));
      const [plain, fast] = [
        (await replayed.run(move('p', 'a', '@', 0))).answer,
        (await resumed.run(move('q', 'a', '@', 0))).answer,
      ];
      expect(fast).toEqual(plain);
    }
  });
});

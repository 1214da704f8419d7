import { randomUUID } from 'node:crypto';
import {
  AppendRefused,
  type EventLog,
  type EventStore,
  type NewRecord,
  type StoredRecord,
} from '@daybook/event-store';

/** A store under test; `close` ends what `open` started. */
export interface OpenedStore {
  readonly store: EventStore & EventLog;
  close(): Promise<void>;
}

type Names = (name: string) => string;

const record = (stream: string, n: number, more: Partial<NewRecord> = {}): NewRecord => ({
  stream,
  id: randomUUID(),
  type: 'Tested',
  json: JSON.stringify({ n }),
  metadata: { schema: '1' },
  ...more,
});

const committed = { committed: true, position: expect.any(BigInt) };

/**
 * What the services rely on in every store, run by every adapter: the facts measured on a real
 * KurrentDB. Stream names are fresh for each run, so the store need not be empty.
 */
export function eventStoreContract(adapter: string, open: () => Promise<OpenedStore>): void {
  describe(`${adapter} keeps the contract of the event store`, () => {
    let opened: OpenedStore;
    let store: EventStore & EventLog;
    let run: string;
    const name: Names = (stream) => `contract${run}-${stream}`;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    beforeEach(() => {
      run = randomUUID().slice(0, 8);
    });
    afterAll(() => opened.close());

    appends(() => store, name);
    repeats(() => store, name);
    reads(() => store, name);
    follows(() => store, name);
  });
}

function appends(store: () => EventStore & EventLog, name: Names): void {
  it('writes to several streams at once, or to none of them', async () => {
    const [a, b] = [name('a'), name('b')];
    const first = await store().append(
      [record(a, 1), record(b, 2), record(a, 3)],
      [
        { stream: a, expected: 'no-stream' },
        { stream: b, expected: 'no-stream' },
      ],
    );
    expect(first).toEqual(committed);
    const second = await store().append(
      [record(a, 4), record(b, 5)],
      [
        { stream: a, expected: 1 },
        { stream: b, expected: 7 },
      ],
    );
    expect(second).toEqual({ committed: false, violations: [{ stream: b, actual: 0 }] });
    expect((await store().readStream(a, 0, 10)).map(({ data }) => data)).toEqual([
      { n: 1 },
      { n: 3 },
    ]);
  });

  it('lists every failing check, also of streams that are not written', async () => {
    const [a, b, c] = [name('a'), name('b'), name('c')];
    await store().append([record(a, 1)], [{ stream: a, expected: 'no-stream' }]);
    const outcome = await store().append(
      [record(c, 2)],
      [
        { stream: a, expected: 'no-stream' },
        { stream: b, expected: 3 },
        { stream: c, expected: 'no-stream' },
      ],
    );
    expect(outcome).toEqual({
      committed: false,
      violations: [
        { stream: a, actual: 0 },
        { stream: b, actual: 'no-stream' },
      ],
    });
  });

  it('refuses what it can never take: no records, two checks of a stream, no type', async () => {
    const a = name('a');
    const check = { stream: a, expected: 'no-stream' as const };
    await expect(store().append([], [check])).rejects.toBeInstanceOf(AppendRefused);
    await expect(store().append([record(a, 1)], [check, check])).rejects.toBeInstanceOf(
      AppendRefused,
    );
    await expect(store().append([record(a, 1, { type: '' })], [check])).rejects.toBeInstanceOf(
      AppendRefused,
    );
    expect(await store().readLast(a)).toBeUndefined();
  });

  it('answers with the position of the last record, growing along the log', async () => {
    const [a, b] = [name('a'), name('b')];
    const first = await store().append([record(a, 1), record(b, 2)], []);
    const second = await store().append([record(a, 3)], [{ stream: a, expected: 0 }]);
    if (!first.committed || !second.committed) throw new Error('both should be committed');
    expect(second.position).toBeGreaterThan(first.position);
    expect((await store().readLast(b))?.position).toBe(first.position);
    expect((await store().readLast(a))?.position).toBe(second.position);
  });

  it('takes an append of 2,000 records over 500 streams', async () => {
    const streams = Array.from({ length: 500 }, (_, i) => name(`many-${i}`));
    const outcome = await store().append(
      streams.flatMap((stream) => [0, 1, 2, 3].map((n) => record(stream, n))),
      streams.map((stream) => ({ stream, expected: 'no-stream' as const })),
    );
    expect(outcome).toEqual(committed);
    expect((await store().readLast(streams[499] as string))?.revision).toBe(3);
  });
}

function repeats(store: () => EventStore & EventLog, name: Names): void {
  it('answers an unchanged append as the first time, also after later writes', async () => {
    const [a, b] = [name('a'), name('b')];
    const records = [record(a, 1), record(b, 2), record(a, 3)];
    const checks = [a, b].map((stream) => ({ stream, expected: 'no-stream' as const }));
    const first = await store().append(records, checks);
    await store().append([record(a, 4)], [{ stream: a, expected: 1 }]);
    expect(await store().append(records, checks)).toEqual(first);
    expect(await store().readStream(a, 0, 10)).toHaveLength(3);
  });

  it('does not take known records together with new ones for a repeat', async () => {
    const [a, b] = [name('a'), name('b')];
    const known = record(a, 1);
    await store().append([known], [{ stream: a, expected: 'no-stream' }]);
    const checks = [a, b].map((stream) => ({ stream, expected: 'no-stream' as const }));
    expect(await store().append([known, record(a, 2)], checks)).toMatchObject({ committed: false });
    expect(await store().append([known, record(b, 2)], checks)).toEqual({
      committed: false,
      violations: [{ stream: a, actual: 0 }],
    });
    expect(await store().readLast(b)).toBeUndefined();
  });

  it('writes fresh ids under checks that no longer hold to nobody', async () => {
    const a = name('a');
    await store().append([record(a, 1)], [{ stream: a, expected: 'no-stream' }]);
    const outcome = await store().append([record(a, 1)], [{ stream: a, expected: 'no-stream' }]);
    expect(outcome).toEqual({ committed: false, violations: [{ stream: a, actual: 0 }] });
  });
}

function reads(store: () => EventStore & EventLog, name: Names): void {
  it('gives back records as they were written', async () => {
    const a = name('a');
    const data = { amount: '1234', text: 'sláva 🪙', nested: { list: [1, null, true] } };
    const { json, ...written } = record(a, 1, {
      json: JSON.stringify(data),
      metadata: { schema: '2', $correlationId: 'c', $causationId: 'd', last: 'true' },
    });
    await store().append([{ ...written, json }], [{ stream: a, expected: 'no-stream' }]);
    expect(await store().readLast(a)).toEqual({
      ...written,
      data,
      revision: 0,
      position: expect.any(BigInt),
      created: expect.any(Date),
    });
  });

  it('reads a stream from a revision on, at most so many', async () => {
    const a = name('a');
    await store().append(
      Array.from({ length: 10 }, (_, n) => record(a, n)),
      [],
    );
    const numbers = async (from: number, limit: number): Promise<number[]> =>
      (await store().readStream(a, from, limit)).map(({ revision }) => revision);
    expect(await numbers(0, 3)).toEqual([0, 1, 2]);
    expect(await numbers(8, 5)).toEqual([8, 9]);
    expect(await numbers(10, 5)).toEqual([]);
    expect(await store().readStream(name('none'), 0, 5)).toEqual([]);
    expect(await store().readLast(name('none'))).toBeUndefined();
  });

  it('reads the log in order after a position, by prefixes of stream names', async () => {
    const [a, b, c] = [name('a'), name('b'), name('c')];
    await store().append([record(a, 1), record(c, 2), record(b, 3), record(a, 4)], []);
    const prefixes = [name('a'), name('b')];
    const all = await store().readAfter('start', 10, prefixes);
    expect(all.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 3 }, { n: 4 }]);
    const [first, second] = all as [StoredRecord, StoredRecord];
    const page = await store().readAfter(first.position, 1, prefixes);
    expect(page.map(({ id }) => id)).toEqual([second.id]);
    expect(await store().readAfter(all[2]?.position as bigint, 10, prefixes)).toEqual([]);
  });

  it('tells where the log ends, and the place of a record read from its stream', async () => {
    const a = name('a');
    const outcome = await store().append([record(a, 1), record(a, 2)], []);
    const position = outcome.committed ? outcome.position : undefined;
    const [last] = await store().readStream(a, 1, 1);
    expect(last?.position).toBe(position);
    // Others may write to the same store.
    expect(await store().end()).toBeGreaterThanOrEqual(position as bigint);
    const [first] = await store().readStream(a, 0, 1);
    expect(await store().end()).toBeGreaterThan(first?.position as bigint);
  });
}

function follows(store: () => EventStore & EventLog, name: Names): void {
  it('follows the log after a position, through what is there to what comes', async () => {
    const [a, b] = [name('a'), name('b')];
    await store().append([record(a, 1), record(a, 2), record(b, 3)], []);
    const [first] = await store().readAfter('start', 1, [a]);
    const stop = new AbortController();
    const seen: unknown[] = [];
    for await (const { data } of store().follow(first?.position as bigint, [a], stop.signal)) {
      seen.push(data);
      if (seen.length === 1) await store().append([record(b, 4), record(a, 5)], []);
      if (seen.length === 2) stop.abort();
    }
    expect(seen).toEqual([{ n: 2 }, { n: 5 }]);
  });
}

import { startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { type LogPosition, type StoredRecord, StoreUnreachable } from '@daybook/event-store';
import { KurrentDBClient, streamNameFilter } from '@kurrent/kurrentdb-client';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectKurrentDB } from '../connect';
import { KurrentDBEventStore } from '../kurrentdb-event-store';
import { aStore } from '../store-under-test.fixture';
import { storedRecord } from './vendor-record.fixture';

const own = `own${randomUUID().slice(0, 8)}-`;
const toTheEnd = new AbortController().signal;

it('reads what the client reads, with times in full', async () => {
  const { url, stop } = await aStore();
  const client = KurrentDBClient.connectionString(url);
  const store = new KurrentDBEventStore(client, 5_000);
  const data = (n: number) => ({ n, text: 'sláva 🪙'.repeat(n % 50) });
  const record = (n: number) => ({
    ...{ stream: `${own}${n % 7}`, id: randomUUID(), type: n % 2 ? 'Odd' : 'Even' },
    json: JSON.stringify(data(n)),
    metadata: { schema: '1', last: 'true' },
  });
  const all = Array.from({ length: 1_500 }, (_, n) => record(n));
  for (let i = 0; i < all.length; i += 300) await store.append(all.slice(i, i + 300), []);

  const theirs: StoredRecord[] = [];
  const filter = streamNameFilter({ prefixes: [own] });
  for await (const { event } of client.subscribeToAll({ filter })) {
    if (event) theirs.push(storedRecord(event));
    if (theirs.length === all.length) break;
  }
  expect(theirs.map((each) => each.data)).toEqual(all.map((_, n) => data(n)));
  expect(theirs.some(({ created }) => created.getMilliseconds() > 0)).toBe(true);

  const followed = async (position: LogPosition, count: number) => {
    const records: StoredRecord[] = [];
    for await (const each of store.follow(position, [own], toTheEnd)) {
      records.push(each);
      if (records.length === count) break;
    }
    return records;
  };
  expect(await followed('start', all.length)).toEqual(theirs);
  const { position } = theirs[700] as StoredRecord;
  expect(await followed(position, 10)).toEqual(theirs.slice(701, 711));
  expect(await store.readAfter('start', 2_000, [own])).toEqual(theirs);
  expect(await store.readAfter(position, 10, [own])).toEqual(theirs.slice(701, 711));
  const ofOne = theirs.filter(({ stream }) => stream === `${own}3`);
  expect(await store.readStream(`${own}3`, 5, 1_000)).toEqual(ofOne.slice(5));
  expect(await store.readLast(`${own}3`)).toEqual(ofOne.at(-1));
  await client.dispose();
  await stop();
});

describe('a store that goes and comes back', () => {
  let [folder, port] = ['', 0];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kurrentdb-'));
    const server = await start();
    port = server.port;
    await server.stop();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const start = () => startEmbeddedKurrentDB({ dataDir: folder, port });
  const connect = () => connectKurrentDB(`kurrentdb://127.0.0.1:${port}?tls=false`);
  const record = (n: number) => ({
    ...{ stream: `${own}a`, id: randomUUID(), type: 'T', json: `{"n":${n}}`, metadata: {} },
  });

  it('is read again, even when it was not there at first', async () => {
    const { store, ping, close } = connect();
    const reads = [
      () => store.readStream('a', 0, 1),
      () => store.readLast('a'),
      () => store.readAfter('start', 1, ['a']),
      () => ping(),
    ];
    for (let round = 0; round < 2; round += 1) {
      for (const read of reads) await expect(read()).rejects.toBeInstanceOf(StoreUnreachable);
      await pause(1_500);
      for (const read of reads) await expect(read()).rejects.toBeInstanceOf(StoreUnreachable);
      const server = await start();
      while (!(await ping().then(...yesOrNo))) await pause(50);
      for (const read of reads) await read();
      await server.stop();
    }
    await close();
  });

  it('ends what follows it with an error, and is followed again', async () => {
    let server = await start();
    const { store, close } = connect();
    await store.append([record(1)], []);
    const before = store.follow('start', [own], toTheEnd);
    const { position } = (await before[Symbol.asyncIterator]().next()).value as StoredRecord;
    const waiting = before[Symbol.asyncIterator]().next();
    await server.stop();
    await expect(waiting).rejects.toBeInstanceOf(StoreUnreachable);
    server = await start();
    const again = record(2);
    for (;;) {
      const next = store.follow(position, [own], toTheEnd)[Symbol.asyncIterator]();
      const answer = next.next().catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnreachable);
        return undefined;
      });
      await store.append([again], []).catch(() => undefined);
      const found = await answer;
      if (!found) continue;
      expect(found.value).toMatchObject({ revision: 1, data: { n: 2 } });
      await next.return?.();
      break;
    }
    await close();
    await server.stop();
  });
});

const yesOrNo = [() => true, () => false] as const;

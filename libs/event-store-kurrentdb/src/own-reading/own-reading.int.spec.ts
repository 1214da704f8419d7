import { startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { type LogPosition, type StoredRecord, StoreUnreachable } from '@daybook/event-store';
import { eventStoreContract } from '@daybook/testing';
import { KurrentDBClient, streamNameFilter } from '@kurrent/kurrentdb-client';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKurrentDB } from '../connect';
import { followLog } from '../follow-log';
import { KurrentDBEventStore } from '../kurrentdb-event-store';
import { aStore } from '../store-under-test.fixture';
import { rawReader } from '../client-channel';

/** The same client as a version without the insides that reading by ourselves needs. */
const withoutInsides = (client: KurrentDBClient): KurrentDBClient =>
  new Proxy(client, {
    get(target, name) {
      if (name === 'GRPCStreamCreator' || name === 'execute') return undefined;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

eventStoreContract('KurrentDB, read by the client alone,', async () => {
  const { url, stop } = await aStore();
  const client = KurrentDBClient.connectionString(url);
  return {
    store: new KurrentDBEventStore(withoutInsides(client), 5_000),
    close: async () => {
      await client.dispose();
      await stop();
    },
  };
});

describe('records read by ourselves', () => {
  const own = `own${randomUUID().slice(0, 8)}-`;
  const filter = streamNameFilter({ prefixes: [own] });

  async function firstRecords(
    client: KurrentDBClient,
    position: LogPosition,
    count: number,
  ): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    for await (const record of followLog(client, position, filter, new AbortController().signal)) {
      records.push(record);
      if (records.length === count) break;
    }
    return records;
  }

  it('are those that the client reads, with times in full', async () => {
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
    expect(rawReader(client)).toBeDefined();
    expect(rawReader(withoutInsides(client))).toBeUndefined();
    const ours = await firstRecords(client, 'start', all.length);
    expect(ours).toEqual(await firstRecords(withoutInsides(client), 'start', all.length));
    expect(ours.map((each) => each.data)).toEqual(all.map((_, n) => data(n)));
    expect(ours.some(({ created }) => created.getMilliseconds() > 0)).toBe(true);
    const place = (ours[700] as StoredRecord).position;
    expect(await firstRecords(client, place, 10)).toEqual(ours.slice(701, 711));
    await client.dispose();
    await stop();
  });

  it('stop with an error when the store goes, and go on when it is there again', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'kurrentdb-'));
    let server = await startEmbeddedKurrentDB({ dataDir, port: 0 });
    const { port } = server;
    const { store, close } = connectKurrentDB(`kurrentdb://127.0.0.1:${port}?tls=false`);
    const append = (n: number) =>
      store.append(
        [{ stream: `${own}a`, id: randomUUID(), type: 'T', json: `{"n":${n}}`, metadata: {} }],
        [],
      );
    await append(1);
    const { signal } = new AbortController();
    const before = store.follow('start', [own], signal)[Symbol.asyncIterator]();
    const { position } = (await before.next()).value as StoredRecord;
    const waiting = before.next();
    await server.stop();
    await expect(waiting).rejects.toBeInstanceOf(StoreUnreachable);
    server = await startEmbeddedKurrentDB({ dataDir, port });
    for (;;) {
      const next = store.follow(position, [own], signal)[Symbol.asyncIterator]();
      const answer = next.next().catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnreachable);
        return undefined;
      });
      await append(2).catch(() => undefined);
      const found = await answer;
      if (!found) continue;
      expect(found.value).toMatchObject({ revision: 1, data: { n: 2 } });
      await next.return?.();
      break;
    }
    await close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
});

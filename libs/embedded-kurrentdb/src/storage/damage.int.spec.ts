import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KurrentDBClient, jsonEvent } from '@kurrent/kurrentdb-client';
import { EmbeddedStore } from '@daybook/embedded-store';
import { checkDataDir } from '../maintenance';
import { startEmbeddedKurrentDB } from '../server';
import { blockKey, storeFormats } from './layout';

let dataDir: string;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded-kurrentdb-'));
  await served(async (client) => {
    for (const amount of ['10.00', '23.45']) {
      await client.appendToStream('account', jsonEvent({ type: 'Credited', data: { amount } }));
    }
  });
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function served<T>(work: (client: KurrentDBClient) => Promise<T>): Promise<T> {
  const server = await startEmbeddedKurrentDB({ dataDir, port: 0 });
  const client = KurrentDBClient.connectionString(server.url);
  try {
    return await work(client);
  } finally {
    await client.dispose();
    await server.stop();
  }
}

async function amountsIn(reading: AsyncIterable<{ event?: { type: string; data: unknown } }>) {
  const amounts: unknown[] = [];
  for await (const { event } of reading) {
    if (event?.type === 'Credited') amounts.push((event.data as { amount: string }).amount);
  }
  return amounts;
}

/** What the disk gives back is not what it was given. */
function replaceOnDisk(text: string, other: string): void {
  const file = join(dataDir, 'store', 'data.mdb');
  const bytes = readFileSync(file);
  expect(bytes.includes(text)).toBe(true);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at)) bytes.write(other, at);
  writeFileSync(file, bytes);
}

test('a changed amount is told to no one, and everything else is still served', async () => {
  replaceOnDisk('23.45', '93.45');
  await served(async (client) => {
    // These two come without the message: the client's native part drops it.
    await expect(amountsIn(client.readStream('account'))).rejects.toThrow();
    await expect(amountsIn(client.readAll())).rejects.toThrow();
    const subscription = client.subscribeToStream('account');
    await expect(amountsIn(subscription)).rejects.toThrow(/DATA_LOSS.*damaged on disk/);
    const first = { fromRevision: 0n, maxCount: 1 } as const;
    expect(await amountsIn(client.readStream('account', first))).toEqual(['10.00']);
    await client.appendToStream('other', jsonEvent({ type: 'Credited', data: { amount: '1' } }));
    expect(await amountsIn(client.readStream('other'))).toEqual(['1']);
  });
  const { problems } = await checkDataDir(dataDir);
  expect(problems).toEqual([expect.stringMatching(/damaged on disk/)]);
});

test('a store of the format without sums is read and goes on with them', async () => {
  const [older = ''] = storeFormats.olderFormats;
  const store = await EmbeddedStore.open({ dataDir, ...storeFormats, command: 'the test' });
  const log = store.openDatabase('log');
  await store.commits.submit(() => {
    for (const { key, value } of log.getRange({ start: blockKey(0) })) {
      const block = Buffer.from(value);
      // One event a block: no sum, where the sums' fields were the upper halves of lengths.
      block[4 + 27] = 0;
      block.writeUInt16BE(0, 4 + 40);
      block.writeUInt16BE(0, 4 + 48);
      log.putSync(key, block);
    }
    store.root.putSync(Buffer.from('format'), Buffer.from(older));
  });
  await store.close();
  const amounts = await served(async (client) => {
    await client.appendToStream('account', jsonEvent({ type: 'Credited', data: { amount: '3' } }));
    return amountsIn(client.readStream('account'));
  });
  expect(amounts).toEqual(['10.00', '23.45', '3']);
  expect((await checkDataDir(dataDir)).problems).toEqual([]);
});

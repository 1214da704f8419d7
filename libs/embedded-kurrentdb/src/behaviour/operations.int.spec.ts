import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonEvent } from '@kurrent/kurrentdb-client';
import { StoreLockedError } from '@daybook/embedded-store';
import { backupDataDir, checkDataDir, scavengeDataDir } from '../maintenance';
import { startEmbeddedKurrentDB } from '../server';
import { numbered, RunningServer, shown } from './running-server.fixture';

let running: RunningServer;
beforeEach(async () => {
  running = new RunningServer();
  await running.start({ linkStreams: true });
});
afterEach(() => running.end());

describe('a restart', () => {
  test('keeps everything, and a client finds the server again', async () => {
    const { port } = running.server;
    const events = numbered(1, 2, 3);
    const first = await running.client.appendToStream('kept', events);
    const { client } = running;
    await running.server.stop();
    running.server = await startEmbeddedKurrentDB({ dataDir: running.dataDir, port });
    const again = async (): Promise<unknown> => {
      try {
        return await client.appendToStream('kept', events, { streamState: 'no_stream' });
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return again();
      }
    };
    expect(await again()).toEqual(first);
    expect(await shown(client.readStream('kept'))).toHaveLength(3);
  });

  test('is refused while another server holds the folder', async () => {
    const second = startEmbeddedKurrentDB({ dataDir: running.dataDir, port: 0 });
    await expect(second).rejects.toBeInstanceOf(StoreLockedError);
    await expect(second).rejects.toThrow(`process ${process.pid}`);
  });
});

describe('link streams', () => {
  test('group by category, type and correlation, with the event itself', async () => {
    const metadata = { $correlationId: 'c1' };
    await running.client.appendToStream('order-1', [
      jsonEvent({ type: 'Placed', data: { n: 1 }, metadata }),
    ]);
    await running.client.appendToStream('order-2', [jsonEvent({ type: 'Placed', data: { n: 2 } })]);
    const follow = (name: string) =>
      shown(running.client.readStream(name, { resolveLinkTos: true }));
    expect(await follow('$ce-order')).toEqual(['order-1@0:1', 'order-2@0:2']);
    expect(await follow('$et-Placed')).toEqual(['order-1@0:1', 'order-2@0:2']);
    expect(await follow('$bc-c1')).toEqual(['order-1@0:1']);
    expect(await follow('$streams')).toEqual(['order-1@0:1', 'order-2@0:2']);
  });
});

describe('a scavenge', () => {
  async function fill(): Promise<void> {
    await running.client.appendToStream('kept', numbered(1, 2, 3));
    await running.client.appendToStream('short', numbered(...Array(100).keys()));
    await running.client.setStreamMetadata('short', { maxCount: 2 });
    await running.client.appendToStream('gone', numbered(...Array(100).keys()));
    await running.client.tombstoneStream('gone');
  }
  const own = {
    filterOn: 'streamName' as const,
    prefixes: ['kept', 'short', 'gone'],
    checkpointInterval: 1,
  };

  test('removes what no read shows and leaves the rest, also for a check', async () => {
    await fill();
    const report = await running.server.scavenge();
    expect(report.removedEvents).toBeGreaterThanOrEqual(198);
    expect(await shown(running.client.readStream('kept'))).toHaveLength(3);
    expect(await shown(running.client.readStream('short'))).toEqual(['short@98:98', 'short@99:99']);
    expect(await shown(running.client.readAll({ filter: own }))).toHaveLength(6);
    await running.client.appendToStream('short', numbered(100), { streamState: 99n });
    await running.stop();
    expect(await checkDataDir(running.dataDir)).toMatchObject({ problems: [] });
    await running.start();
  });

  test('of a stopped store does the same', async () => {
    await fill();
    await running.stop();
    expect((await scavengeDataDir(running.dataDir)).removedEvents).toBeGreaterThanOrEqual(198);
    await running.start();
    expect(await shown(running.client.readAll({ filter: own }))).toHaveLength(6);
  });

  test('of a folder without a store makes none', async () => {
    const folder = join(tmpdir(), `no-store-${process.pid}`);
    await expect(scavengeDataDir(folder)).rejects.toThrow('there is no store in');
    expect(existsSync(folder)).toBe(false);
  });
});

describe('a backup', () => {
  test('of a running server is a whole store', async () => {
    await running.client.appendToStream('kept', numbered(1, 2, 3));
    const target = mkdtempSync(join(tmpdir(), 'embedded-kurrentdb-backup-'));
    try {
      await running.server.backup(join(target, 'one'));
      await backupDataDir(running.dataDir, join(target, 'two'));
      await expect(running.server.backup(join(target, 'one'))).rejects.toThrow('already holds');
      for (const copy of ['one', 'two']) {
        const report = await checkDataDir(join(target, copy));
        expect(report.problems).toEqual([]);
        expect(report.events).toBeGreaterThanOrEqual(3);
      }
    } finally {
      rmSync(target, { recursive: true, force: true });
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@daybook/testing';
import { SupervisedPart } from './supervisor';

const folder = mkdtempSync(join(tmpdir(), 'daybook-part-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let part: SupervisedPart;
afterEach(() => part.stop());

/** A part that does what the script says. */
async function start(code: string, readyPath?: string): Promise<void> {
  const script = join(folder, 'part.js');
  const [port = 0] = await freePorts(1);
  writeFileSync(script, `const PORT = ${port}; ${code}`);
  const place = { host: '127.0.0.1', port, portSetting: 'PORT' };
  part = new SupervisedPart(
    {
      name: 'part',
      script,
      nodeArgs: [],
      args: [],
      env: {},
      ...place,
      ...(readyPath && { readyPath }),
    },
    folder,
    () => undefined,
  );
  part.start();
}

describe('a part', () => {
  it('that is not ready in time is told with what it complained of last', async () => {
    await start('console.error("part: the folder is of another version"); process.exit(1)');
    await expect(part.ready(1_500)).rejects.toThrow(
      'part is not ready after 1.5 s: the folder is of another version',
    );
  });

  it('that answers and lacks a store is told with the setting to look at', async () => {
    await start(
      `require('node:http').createServer((_, response) => {
        const checks = { eventStore: 'StoreUnreachable', projecting: 'ok' };
        response.writeHead(503).end(JSON.stringify({ checks }));
      }).listen(PORT, '127.0.0.1');`,
      '/health/ready',
    );
    await expect(part.ready(1_500)).rejects.toThrow(
      'eventStore: StoreUnreachable (is it running where KURRENTDB_URL says',
    );
  });

  it('that is stopped before it listens to signals has ended cleanly', async () => {
    await start('setInterval(() => undefined, 1_000)');
    expect(await part.stop()).toBe(0);
  });

  it('that fails to stop says so by its status', async () => {
    await start(`
      process.on('SIGTERM', () => process.exit(1));
      require('node:net').createServer().listen(PORT, '127.0.0.1');`);
    await part.ready();
    expect(await part.stop()).toBe(1);
  });
});

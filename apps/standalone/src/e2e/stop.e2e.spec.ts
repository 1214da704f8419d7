import { eventually, freeSettings, RunningProcess, spawnStandalone } from '@daybook/testing';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const workspace = resolve(__dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'daybook-stop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an end that is asked for while it starts', () => {
  it('is a clean one of the whole ledger', async () => {
    const ledger = spawnStandalone(await freeSettings(folder));
    // A process by now that has not yet come to listen to signals.
    await eventually(async () => existsSync(join(folder, 'run/command.pid')));
    expect(await ledger.stop()).toBe(0);
    expect(readdirSync(join(folder, 'run'))).toEqual([]);
  }, 60_000);

  it('is a clean one of npm start while it builds', async () => {
    const settings = await freeSettings(folder);
    const start = spawnStandalone(settings, [], ['tools/launch/start.mjs']);
    await start.printed('Building');
    expect(await start.stop()).toBe(0);
  }, 60_000);

  it.each(['query', 'projector'])(
    'is a clean one of a %s whose store does not answer',
    async (name) => {
      const silent = createServer((socket) => socket.on('error', () => undefined));
      const called = once(silent, 'connection');
      await once(silent.listen(0, '127.0.0.1'), 'listening');
      const { port } = silent.address() as AddressInfo;
      const env = { PORT: '0', MONGODB_URL: `mongodb://127.0.0.1:${port}/none` };
      const service = new RunningProcess(
        [`dist/apps/${name}/main.js`],
        { ...process.env, ...env },
        workspace,
      );
      const [connection] = (await called) as [Socket];
      const status = service.stop();
      connection.destroy();
      silent.close();
      expect(await status).toBe(0);
      expect(service.output).toContain('could not start');
    },
    60_000,
  );
});

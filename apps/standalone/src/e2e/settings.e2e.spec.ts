import { EmbeddedStore, lockFolder } from '@daybook/embedded-store';
import { freeSettings, RunningProcess, spawnStandalone } from '@daybook/testing';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const workspace = join(__dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'daybook-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENDS_WITHIN_MS = 20_000;

/** Starts the ledger with settings that are not right; resolves with its exit status and output. */
async function start(settings: Record<string, string>) {
  const started = spawnStandalone({ ...(await freeSettings(folder)), ...settings });
  // One that spins hears no other signal.
  const end = setTimeout(() => started.signal('SIGKILL'), ENDS_WITHIN_MS);
  const status = await started.exited;
  clearTimeout(end);
  return { status, output: started.output };
}

it('names the setting when its folder cannot be used', async () => {
  const { status, output } = await start({ DAYBOOK_DIR: __filename });
  expect(status).toBe(2);
  expect(output).toContain('DAYBOOK_DIR: cannot be used: EEXIST');
});

it('names the setting, too, when what is in its folder cannot be used', async () => {
  const DAYBOOK_DIR = mkdtempSync(join(folder, 'no-run-'));
  writeFileSync(join(DAYBOOK_DIR, 'run'), '');
  const { status, output } = await start({ DAYBOOK_DIR });
  expect(status).toBe(2);
  expect(output).toContain('DAYBOOK_DIR: cannot be used: EEXIST');
});

it('does not try again to open a store of another version', async () => {
  const DAYBOOK_DIR = join(folder, 'of-another-version');
  const dataDir = join(DAYBOOK_DIR, 'kurrentdb');
  const store = await EmbeddedStore.open({ dataDir, format: 'kurrentdb 99', command: 'a test' });
  await store.close();
  const { status, output } = await start({ DAYBOOK_DIR });
  expect(status).toBe(2);
  expect(output).toContain(`${dataDir} holds 'kurrentdb 99', this version reads`);
  expect(output).not.toContain('starting again');
}, 30_000);

it('ends where a folder takes no other, which Node itself tries for ever', async () => {
  // Elsewhere than on Linux there is no /proc, nor a right to make it.
  const { status, output } = await start({ DAYBOOK_DIR: '/proc/daybook/ledger' });
  expect(status).toBe(2);
  expect(output).toContain('DAYBOOK_DIR: cannot be used: ');
});

it('does not take an address that is not there for a taken port', async () => {
  const { status, output } = await start({ HOST: '192.0.2.1' });
  expect(status).toBe(2);
  expect(output).toContain('Set HOST and COMMAND_PORT to what it may listen on.');
  expect(output).not.toContain('taken');
});

it('stops when a service refuses its settings, and says last which are not right', async () => {
  const { status, output } = await start({ LOG_LEVEL: 'loud', PAGE_SIZE: 'many' });
  expect(status).toBe(2);
  expect(output.slice(output.indexOf('These settings'))).toMatch(
    /^These settings are not right:\n( {2}(LOG_LEVEL|PAGE_SIZE): .+\n){2}Correct them .+\n$/,
  );
  expect(output).not.toContain('starting again');
}, 60_000);

it('ends a second start on its folder with 1, the holder, and what to do', async () => {
  const lock = await lockFolder(join(folder, 'held'), 'the first start');
  const { status, output } = await start({ DAYBOOK_DIR: join(folder, 'held') });
  await lock.release();
  expect(status).toBe(1);
  expect(output).toContain(`in use by process ${process.pid} (the first start)`);
  expect(output).toContain('Stop it, or set DAYBOOK_DIR to another folder');
});

it('a service whose port is taken says in plain words which setting to change', async () => {
  const holder = createServer();
  await once(holder.listen(0, '127.0.0.1'), 'listening');
  const { port } = holder.address() as AddressInfo;
  const env = { ...process.env, PORT: `${port}` };
  const service = new RunningProcess(['dist/apps/command/main.js'], env, workspace);
  expect(await service.exited).toBe(1);
  holder.close();
  expect(service.output).toMatch(
    new RegExp(`^command: port ${port} of 127.0.0.1 is taken. .*set PORT to another`, 'm'),
  );
}, 30_000);

import { freeSettings, spawnStandalone } from '@daybook/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

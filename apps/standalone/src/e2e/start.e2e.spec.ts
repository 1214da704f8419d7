import { eventually, RunningLedger } from '@daybook/testing';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const script = 'tools/launch/start.mjs';
/** Starts the script and then does nothing, as the shell does that npm puts between. */
const between = `
  require('node:child_process').spawn(process.execPath, ['${script}'], { stdio: 'inherit' });
  setInterval(() => {}, 60_000);`;

describe('npm start', () => {
  let ledger: RunningLedger;
  afterEach(() => ledger.destroy());

  const allAreGone = async () => {
    const urls = [ledger.commandUrl, ledger.queryUrl, ledger.projectorUrl];
    const answers = await Promise.allSettled(urls.map((url) => fetch(url)));
    return answers.every(({ status }) => status === 'rejected');
  };

  it('ends cleanly when its own process alone is told to', async () => {
    ledger = await RunningLedger.start({ program: [script] });
    expect(await ledger.process.stop()).toBe(0);
    expect(await allAreGone()).toBe(true);
  }, 120_000);

  it('ends the ledger when whoever started it is gone', async () => {
    ledger = await RunningLedger.start({ program: ['-e', between] });
    ledger.process.signal('SIGKILL');
    await eventually(allAreGone);
  }, 120_000);

  it('ends the ledger cleanly when it is killed itself', async () => {
    ledger = await RunningLedger.start({ program: [script] });
    const parts = readdirSync(join(ledger.folder, 'run'));
    expect(parts).toContain('command.pid');
    ledger.process.signal('SIGKILL');
    // Each pid file goes when its part has ended, by the hand of whoever supervises to the last.
    await eventually(async () => readdirSync(join(ledger.folder, 'run')).length === 0);
    expect(await allAreGone()).toBe(true);
    expect(ledger.process.output).toContain('Stopping …');
  }, 120_000);
});

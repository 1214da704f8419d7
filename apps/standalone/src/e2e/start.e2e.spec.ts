import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePorts, RunningProcess } from '@daybook/testing';

const root = join(__dirname, '../../../..');
const script = 'tools/launch/start.mjs';
/** Starts the script and then does nothing, as the shell does that npm puts between. */
const between = `
  require('node:child_process').spawn(process.execPath, ['${script}'], { stdio: 'inherit' });
  setInterval(() => {}, 60_000);`;

describe('npm start', () => {
  let folder: string;
  let urls: readonly string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daybook-start-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function started(...args: string[]): Promise<RunningProcess> {
    const [command, query, projector, kurrent, mongo] = (await freePorts(5)).map(String);
    urls = [command, query, projector].map((port) => `http://127.0.0.1:${port}/health/live`);
    const settings = {
      ...{ COMMAND_PORT: command, QUERY_PORT: query, PROJECTOR_PORT: projector },
      ...{ EMBEDDED_KURRENTDB_PORT: kurrent, EMBEDDED_MONGODB_PORT: mongo, DAYBOOK_DIR: folder },
    };
    const ledger = new RunningProcess(args, { ...process.env, ...settings }, root);
    await ledger.printed('Daybook is ready.');
    return ledger;
  }

  const allAreGone = async () => {
    const answers = await Promise.allSettled(urls.map((url) => fetch(url)));
    return answers.every(({ status }) => status === 'rejected');
  };

  it('ends cleanly when its own process alone is told to', async () => {
    const ledger = await started(script);
    expect(await ledger.stop()).toBe(0);
    expect(await allAreGone()).toBe(true);
  }, 120_000);

  it('ends the ledger when whoever started it is gone', async () => {
    const ledger = await started('-e', between);
    ledger.signal('SIGKILL');
    await eventually(allAreGone);
  }, 120_000);
});

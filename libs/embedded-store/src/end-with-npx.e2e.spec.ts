import { eventually } from '@daybook/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock';

const root = join(__dirname, '../../..');

it.each(['embedded-kurrentdb', 'embedded-mongodb'])(
  '%s ends with the npx that started it',
  async (command) => {
    const folder = mkdtempSync(join(tmpdir(), 'with-npx-'));
    const npx = spawn('npx', [command, '--data', folder, '--port', '0'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(npx.stdout, 'data')) as [Buffer];
    expect(said.toString()).toContain('listens');
    npx.kill('SIGTERM');
    // The server is another process: its end is seen by its folder.
    await eventually(async () => {
      const lock = await lockFolder(folder, 'the next');
      await lock.release();
      return true;
    }, 10_000);
    rmSync(folder, { recursive: true, force: true });
  },
  60_000,
);

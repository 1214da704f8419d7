import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(__dirname, '..', '..', '..');
let work: string;
let cli: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'embedded-kurrentdb-'));
  cli = join(root, 'dist', '.embedded-kurrentdb-test', `${process.pid}`, 'cli.js');
  await build({
    entryPoints: [join(__dirname, 'cli.ts')],
    outfile: cli,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['lmdb'],
    alias: { '@daybook/embedded-store': join(root, 'libs', 'embedded-store', 'src', 'index.ts') },
  });
}, 60_000);
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
  rmSync(join(cli, '..'), { recursive: true, force: true });
});

it('ends cleanly with the process that started it', async () => {
  const started = spawn(process.execPath, [cli, '--data', join(work, 'data'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child = started;
  const exited = new Promise<number | null>((resolve) => started.once('exit', resolve));
  await new Promise<void>((resolve) => started.stdout?.once('data', () => resolve()));
  // What this end of the channel sees when its process is killed.
  started.disconnect();
  expect(await exited).toBe(0);
}, 30_000);

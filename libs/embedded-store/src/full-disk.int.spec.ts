import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledScript } from '@daybook/testing';
import { EmbeddedStore } from './index';

const dataDir = mkdtempSync(join(tmpdir(), 'embedded-store-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('a disk that takes no more ends the writes with its reason, and not the process', async () => {
  const script = bundledScript(join(__dirname, 'full-disk.fixture.ts'), ['lmdb']);
  // A limit on the size of files, in blocks of 512 bytes, fails writes as a full disk does.
  const command = `ulimit -f 4000; exec '${process.execPath}' '${script}' '${dataDir}'`;
  const run = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  const said = run.stdout.trim().split('\n');
  expect(said[0]).toMatch(
    /^the store stopped after a failed commit: (Input\/output|File too large)/,
  );
  const acknowledged = Number(/^closed after (\d+)$/.exec(said[1] ?? '')?.[1]);
  expect(run.status).toBe(0);
  expect(acknowledged).toBeGreaterThan(10);

  const store = await EmbeddedStore.open({ dataDir, format: 'test 1', command: 'the test' });
  const kept = store.openDatabase('things').getCount();
  await store.close();
  // What was in flight may be there.
  expect([acknowledged, acknowledged + 1]).toContain(kept);
}, 30_000);

import {
  bundledScript,
  crashImages,
  recordRun,
  runWithFaults,
  writeImage,
  type CrashImage,
  type Recording,
} from '@daybook/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokenPromises, saidBy } from './reopened-store';

/*
 * Shown to catch a planted bug: with `overlappingSync: true` (libs/embedded-store, open-store.ts) power
 * losses leave stores that do not open or have lost acknowledged appends; 40 appends are enough to see it.
 */
const seed = Number(process.env['HARNESS_SEED'] ?? 20260101);
const appends = 200;
const imagesMin = 5_000;
const powerLossesPerPoint = 3;

const folder = mkdtempSync(join(tmpdir(), 'crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = bundledScript(join(__dirname, 'append-run.fixture.ts'), [
  'lmdb',
  '@kurrent/kurrentdb-client',
]);

/** The lock's own file is written through a mapping; every open makes it anew. */
const unsynced = (path: string) => path.endsWith('/lock.mdb');

async function check(image: CrashImage, count: number): Promise<string[]> {
  const dataDir = join(folder, 'image');
  rmSync(dataDir, { recursive: true, force: true });
  writeImage(image, dataDir);
  try {
    return await brokenPromises(dataDir, saidBy(image.said), count);
  } catch (error) {
    return [`it does not open: ${String(error)}`];
  }
}

describe('crashes', () => {
  let recording: Recording;

  beforeAll(() => {
    const root = join(folder, 'recorded');
    recording = recordRun({ args: [script, root, String(appends)], root, timeoutMs: 120_000 });
  }, 130_000);

  test('the run itself went well', () => {
    const lines = recording.steps.flatMap((step) => (step.kind === 'said' ? [step.line] : []));
    const said = saidBy(lines);
    expect(lines.at(-1)).toBe('stopped');
    expect([said.acknowledged.size, said.refused.size]).toEqual([160, 40]);
  });

  test(`every kill point, torn writes and power losses: nothing promised is broken`, async () => {
    const kinds = new Map<string, number>();
    const broken: string[] = [];
    for (const image of crashImages(recording, { seed, powerLossesPerPoint, unsynced })) {
      const kind = image.name.replace(/^.*: /, '').replace(/,.*/, '');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      for (const what of await check(image, appends)) broken.push(`${image.name}: ${what}`);
      if (broken.length > 20) break;
    }
    const total = [...kinds.values()].reduce((sum, n) => sum + n, 0);
    console.log(`seed ${seed}: ${total} images`, Object.fromEntries(kinds));
    expect(broken).toEqual([]);
    expect(total).toBeGreaterThanOrEqual(imagesMin);
  }, 900_000);
});

describe('injected errors', () => {
  const faults = ['pwrite64', 'writev', 'fdatasync'].flatMap((call) =>
    ['EIO', 'ENOSPC'].flatMap((error) =>
      [1, 2, 3, 7, 20, 21].map((when) => ({ call, error, when })),
    ),
  );
  const count = 60;

  test.each(faults)('$call fails with $error at call $when', async ({ call, error, when }) => {
    const root = join(folder, `fault-${call}-${error}-${when}`);
    // From then on every call fails, as on a full or a broken disk.
    const options = {
      args: [script, root, String(count)],
      root,
      timeoutMs: 60_000,
    };
    // Sockets are written with writev too; those must not fail.
    const file = call === 'writev' ? join(root, 'store/data.mdb') : undefined;
    const run = runWithFaults(`${call}:error=${error}:when=${when}+`, options, file);
    const outcomes = run.said.filter((line) => /^(acknowledged|refused|unknown) /.test(line));
    const failed = outcomes.findIndex((line) => line.startsWith('unknown'));
    const after = failed < 0 ? [] : outcomes.slice(failed);
    // It stopped serving at the first failure, or did not start. (Were it to fail between the probe and
    // LMDB's very first page, LMDB would end the process without a word; the next start is clean then.)
    if (!run.said.includes('open')) expect(run.status).not.toBe(0);
    else expect(after.every((line) => line.startsWith('unknown'))).toBe(true);
    const said = saidBy(run.said);
    const broken = await brokenPromises(root, said, count).catch((e: unknown) => [String(e)]);
    expect(broken).toEqual([]);
  });
});

// npm test: install, lint, types, build, unit, integration and end-to-end tests.
import { build, ensureInstalled, runNode } from './workspace.mjs';
import { Tally, jest } from './tally.mjs';

await ensureInstalled();
const tally = new Tally();
const step = (name, ...args) => tally.step(name, () => runNode(args));
const formatAndTypes = async () => {
  await step('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '.');
  await step('types', 'node_modules/typescript/bin/tsc', '--noEmit');
};
// Two at a time: each has a processor of its own where there are but two.
await Promise.all([formatAndTypes(), step('lint', 'tools/architecture/lint.mjs')]);
// Alone: the others would find the faults that it plants.
await step('walls', 'tools/architecture/planted-faults.mjs');
await tally.step('build', async () => (await build(), 0));
// Left to itself, Jest keeps one processor free: of two, half.
for (const kind of ['unit', 'int']) await jest(tally, kind, ['--maxWorkers=100%']);
// One after the other: on real stores they share one log, and verify wants views at rest. And some
// start from a build that others run from.
await jest(tally, 'e2e', ['--runInBand']);
tally.end();

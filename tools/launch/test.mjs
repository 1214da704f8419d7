// npm test: install, lint, types, build, unit, integration and end-to-end tests.
import { build, ensureInstalled, runNode } from './workspace.mjs';
import { Tally, jest } from './tally.mjs';

await ensureInstalled();
const tally = new Tally();
await tally.step('format', () =>
  runNode(['node_modules/prettier/bin/prettier.cjs', '--check', '.']),
);
await tally.step('lint', () => runNode(['tools/architecture/lint.mjs']));
await tally.step('walls', () => runNode(['tools/architecture/planted-faults.mjs']));
await tally.step('types', () => runNode(['node_modules/typescript/bin/tsc', '--noEmit']));
await tally.step('build', async () => (await build(), 0));
for (const kind of ['unit', 'int']) await jest(tally, kind);
// One after the other: on real stores they share one log, and verify wants views at rest.
await jest(tally, 'e2e', ['--runInBand']);
tally.end();

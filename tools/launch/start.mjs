// npm start: installs what is missing, builds what has changed, starts the whole ledger.
import { build, ensureInstalled, runNode } from './workspace.mjs';

await ensureInstalled();
console.log('Building …');
await build();
// Ctrl-C reaches the whole group: this process waits for the ledger to end cleanly.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
process.exitCode = await runNode(['dist/apps/standalone/main.js', ...process.argv.slice(2)]);

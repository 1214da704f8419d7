// npm run daybook -- …: the command line, built when it has changed.
import { build, ensureInstalled, runNode } from './workspace.mjs';

await ensureInstalled();
await build();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
process.exitCode = await runNode(['dist/apps/cli/main.js', ...process.argv.slice(2)]);

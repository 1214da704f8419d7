// npm start: installs what is missing, builds what has changed, starts the whole ledger.
import { build, ensureInstalled, runNode } from './workspace.mjs';

const startedBy = process.ppid;
/** What this process waits for before there is a ledger to end: npm, then the build. */
let preparation;
const prepares = { started: (child) => (preparation = child) };
const endEarly = (signal) => {
  preparation?.kill(signal);
  process.exit(0);
};
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of SIGNALS) process.on(signal, endEarly);
await ensureInstalled(prepares);
console.log('Building …');
await build(prepares);
process.exitCode = await runNode(['dist/apps/standalone/main.js', ...process.argv.slice(2)], {
  // Over the IPC channel the ledger hears of this process's end, also of kill -9.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  started: endTogether,
});

/**
 * The ledger ends cleanly with whoever started it, and this process waits for that. Ctrl-C reaches
 * the whole group, so it may hear of its end twice; a supervisor signals npm or this process alone,
 * and of npm's end only the shell between is told.
 */
function endTogether(ledger) {
  for (const signal of SIGNALS) {
    process.off(signal, endEarly);
    process.on(signal, () => ledger.kill(signal));
  }
  const look = () => process.ppid !== startedBy && ledger.kill('SIGTERM');
  setInterval(look, 500).unref();
}

// npm run bench [-- ledger | accounts | instances | kurrentdb]: measures this machine; ratios within one run.
import { build, ensureInstalled, runNode } from './workspace.mjs';

const all = {
  ledger: 'tools/bench/ledger/bench.mjs',
  accounts: 'tools/bench/ledger/accounts.mjs',
  instances: 'tools/bench/ledger/instances.mjs',
  kurrentdb: 'tools/bench/kurrentdb/bench.mjs',
};
const [first, ...rest] = process.argv.slice(2);
const named = first !== undefined && first in all;
await ensureInstalled();
await build();
for (const [name, script] of Object.entries(all)) {
  if (named && name !== first) continue;
  console.log(`\n${name}`);
  const code = await runNode([script, ...(named ? rest : process.argv.slice(2))]);
  if (code !== 0) process.exitCode = code;
}

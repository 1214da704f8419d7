// npm run test:harness: crash images, fuzzing, model and linearizability campaigns.
import { build, ensureInstalled } from './workspace.mjs';
import { Tally, jest } from './tally.mjs';

await ensureInstalled();
await build();
const tally = new Tally();
await jest(tally, 'harness', ['--runInBand']);
tally.end();

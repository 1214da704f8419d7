// npm run build: every deployable into dist/, what has not changed from Nx's cache.
import { build, ensureInstalled } from './workspace.mjs';

await ensureInstalled();
await build();
console.log('Built into dist/.');

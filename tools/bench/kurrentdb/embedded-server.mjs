// The built library as a server in a process of its own. Prints its port; SIGTERM stops it cleanly.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [library, dataDir] = process.argv.slice(2);
const { startEmbeddedKurrentDB } = createRequire(import.meta.url)(resolve(library));
const server = await startEmbeddedKurrentDB({ dataDir, port: 0 });
console.log(`listening on ${server.port}`);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));

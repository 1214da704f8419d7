// The built library as a server in a process of its own. Prints its port; SIGTERM stops it cleanly.
import { createRequire } from 'node:module';

const [library, dataDir] = process.argv.slice(2);
const { startEmbeddedKurrentDB } = createRequire(import.meta.url)(library);
const server = await startEmbeddedKurrentDB({ dataDir, port: 0 });
console.log(`listening on ${server.port}`);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));

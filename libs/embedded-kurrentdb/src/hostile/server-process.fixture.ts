import { startEmbeddedKurrentDB } from '../index';

/** A server in a process of its own: prints its port, stops on SIGTERM, dies loudly of a defect. */
async function main(dataDir: string): Promise<void> {
  const server = await startEmbeddedKurrentDB({ dataDir, port: 0 });
  console.log(`listening on ${server.port}`);
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
}

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('the data folder is missing');
void main(dataDir);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type EmbeddedMongoDB, startEmbeddedMongoDB } from '../server';

export interface TestedServer {
  readonly server: EmbeddedMongoDB;
  readonly client: MongoClient;
  /** Stops both and deletes the data. */
  stop(): Promise<void>;
}

/** A server on a folder of its own, and a client of it. */
export async function startTested(): Promise<TestedServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'embedded-mongodb-'));
  const server = await startEmbeddedMongoDB({ dataDir, port: 0 });
  const client = new MongoClient(server.url, { serverSelectionTimeoutMS: 3_000 });
  const stop = async () => {
    await client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { server, client, stop };
}

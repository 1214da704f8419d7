import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonEvent, KurrentDBClient, type AllStreamResolvedEvent } from '@kurrent/kurrentdb-client';
import {
  startEmbeddedKurrentDB,
  type EmbeddedKurrentDB,
  type EmbeddedKurrentDBOptions,
} from '../server';

/** A server on a folder of its own and a client of it, for one test file. */
export class RunningServer {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'embedded-kurrentdb-'));
  private readonly clients: KurrentDBClient[] = [];
  server!: EmbeddedKurrentDB;
  client!: KurrentDBClient;

  async start(options: Partial<EmbeddedKurrentDBOptions> = {}): Promise<void> {
    this.server = await startEmbeddedKurrentDB({ dataDir: this.dataDir, port: 0, ...options });
    this.client = this.connect();
  }

  connect(more = ''): KurrentDBClient {
    const client = KurrentDBClient.connectionString(`${this.server.url}${more}`);
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((client) => client.dispose()));
    await this.server.stop();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Events with the numbers as data. */
export const numbered = (...numbers: number[]) =>
  numbers.map((n) => jsonEvent({ type: `type-${n % 3}`, data: { n } }));

/** What a read shows: stream, revision and the number in the data. */
export async function shown(reading: AsyncIterable<{ event?: unknown }>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { event } of reading) {
    const { streamId, revision, data } = event as NonNullable<AllStreamResolvedEvent['event']>;
    seen.push(`${streamId}@${revision}:${(data as { n?: number }).n ?? ''}`);
  }
  return seen;
}

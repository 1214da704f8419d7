import { startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The store that `KURRENTDB_URL` names, or an embedded one for the time of the test. */
export async function aStore(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env['KURRENTDB_URL'];
  if (url) return { url, stop: async () => undefined };
  const dataDir = await mkdtemp(join(tmpdir(), 'kurrentdb-'));
  const server = await startEmbeddedKurrentDB({ dataDir, port: 0 });
  return {
    url: `kurrentdb://127.0.0.1:${server.port}?tls=false`,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

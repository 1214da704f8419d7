import { startEmbeddedKurrentDB, type EmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { AccessDeniedError, jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KurrentDBEventStore } from '../kurrentdb-event-store';

const folder = mkdtempSync(join(tmpdir(), 'secured-'));
const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
let server: EmbeddedKurrentDB;

beforeAll(async () => {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  server = await startEmbeddedKurrentDB({
    dataDir: join(folder, 'data'),
    port: 0,
    users: true,
    tls,
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const connected = (credentials: string) =>
  KurrentDBClient.connectionString(
    `kurrentdb://${credentials}@127.0.0.1:${server.port}?tls=true&tlsCaFile=${cert}`,
  );

/** Types of the first record, followed and read. */
async function firstTypes(client: KurrentDBClient): Promise<readonly (string | undefined)[]> {
  const store = new KurrentDBEventStore(client, 5_000);
  const read = await store.readStream('secured', 0, 1);
  for await (const { type } of store.follow('start', ['secured'], new AbortController().signal)) {
    return [type, read[0]?.type];
  }
  return [];
}

it('reads under the client’s own TLS and credentials', async () => {
  const client = connected('admin:changeit');
  await client.appendToStream('secured', [jsonEvent({ type: 'Secured', data: {} })]);
  expect(await firstTypes(client)).toEqual(['Secured', 'Secured']);
  await client.dispose();
});

it('is refused, for good, without the right ones', async () => {
  const client = connected('admin:wrong');
  const store = new KurrentDBEventStore(client, 5_000);
  const followed = store.follow('start', ['secured'], new AbortController().signal);
  await expect(store.readLast('secured')).rejects.toBeInstanceOf(AccessDeniedError);
  await expect(followed[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(AccessDeniedError);
  await client.dispose();
});

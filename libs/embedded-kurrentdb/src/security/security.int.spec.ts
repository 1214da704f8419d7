import {
  AccessDeniedError,
  KurrentDBClient,
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@kurrent/kurrentdb-client';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedKurrentDB, type EmbeddedKurrentDB } from '../index';

const folder = mkdtempSync(join(tmpdir(), 'security-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);

/** An authority of our own and a certificate for localhost; the client's native part insists on both. */
function makeCertificates(): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const fresh = ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout'];
  openssl(
    ...fresh,
    file('ca.key'),
    '-x509',
    '-days',
    '2',
    '-out',
    file('ca.pem'),
    '-subj',
    '/CN=ca',
  );
  openssl(...fresh, file('key.pem'), '-out', file('leaf.csr'), '-subj', '/CN=localhost');
  writeFileSync(
    file('ext'),
    'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n',
  );
  const issuer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'];
  const signed = ['-extfile', file('ext'), '-days', '2', '-out', file('cert.pem')];
  openssl('x509', '-req', '-in', file('leaf.csr'), ...issuer, ...signed);
}
beforeAll(makeCertificates);

const certificate = () => ({
  key: readFileSync(file('key.pem')),
  cert: readFileSync(file('cert.pem')),
});
const connect = (server: EmbeddedKurrentDB, credentials = '') =>
  KurrentDBClient.connectionString(
    `kurrentdb://${credentials}127.0.0.1:${server.port}?tls=true&tlsCaFile=${file('ca.pem')}`,
  );

const event = () => jsonEvent({ type: 'secured', data: {} });
const stranger = { username: 'AzureDiamond', password: 'hunter2' };
const admin = { username: 'admin', password: 'changeit' };
async function readAll(client: KurrentDBClient, options: object = {}): Promise<number> {
  let count = 0;
  for await (const resolved of client.readAll({ maxCount: 5, ...options }))
    count += resolved ? 1 : 0;
  return count;
}

describe('credentials switched on', () => {
  let server: EmbeddedKurrentDB;
  let client: KurrentDBClient;

  beforeAll(async () => {
    // The client sends credentials over encrypted connections only.
    const options = { dataDir: file('users'), port: 0, users: true, tls: certificate() } as const;
    server = await startEmbeddedKurrentDB(options);
    client = connect(server, 'admin:changeit@');
    await client.appendToStream('s', event());
  });
  afterAll(async () => {
    await client.dispose();
    await server.stop();
  });

  test('the default user is let in', async () => {
    expect(await readAll(client)).toBeGreaterThan(0);
  });

  test('wrong credentials are refused on both of the client’s stacks', async () => {
    const credentials = stranger;
    await expect(readAll(client, { credentials })).rejects.toThrow(AccessDeniedError);
    await expect(client.appendToStream('s', event(), { credentials })).rejects.toThrow(
      AccessDeniedError,
    );
    const listed = client.listAllPersistentSubscriptions({ credentials });
    await expect(listed).rejects.toThrow(AccessDeniedError);
    const deleted = client.deleteStream('s', { credentials });
    await expect(deleted).rejects.toThrow(AccessDeniedError);
  });

  test('no credentials are refused', async () => {
    const nobody = connect(server);
    await expect(readAll(nobody)).rejects.toThrow(AccessDeniedError);
    await expect(nobody.appendToStream('s', event())).rejects.toThrow(AccessDeniedError);
    await expect(readAll(nobody, { credentials: admin })).resolves.toBeGreaterThan(0);
    await nobody.dispose();
  });
});

describe('access lists switched on', () => {
  let server: EmbeddedKurrentDB;
  let root: KurrentDBClient;
  let ann: KurrentDBClient;

  beforeAll(async () => {
    const users = [
      { name: 'root', password: 'r', roles: ['$admins'] },
      { name: 'ann', password: 'a', roles: ['readers'] },
    ];
    const options = { dataDir: file('lists'), port: 0, users, accessLists: true };
    server = await startEmbeddedKurrentDB({ ...options, tls: certificate() });
    [root, ann] = [connect(server, 'root:r@'), connect(server, 'ann:a@')];
    await root.appendToStream('guarded', event());
    await root.setStreamMetadata('guarded', {
      acl: { readRoles: ['readers'], writeRoles: ['root'], deleteRoles: ['root'] },
    } as never);
  });
  afterAll(async () => {
    await Promise.all([root.dispose(), ann.dispose()]);
    await server.stop();
  });
  const read = async (client: KurrentDBClient, stream: string) => {
    for await (const resolved of client.readStream(stream)) if (resolved) return true;
    return false;
  };

  test('each access is what the list of the stream says', async () => {
    expect(await read(ann, 'guarded')).toBe(true);
    await expect(ann.appendToStream('guarded', event())).rejects.toThrow(AccessDeniedError);
    const records = [{ streamName: 'guarded', record: event() }];
    await expect(ann.appendRecords(records)).rejects.toThrow(AccessDeniedError);
    await expect(ann.deleteStream('guarded')).rejects.toThrow(AccessDeniedError);
    await ann.appendToStream('open-to-all', event());
    await root.appendToStream('guarded', event());
  });

  test('streams of the system, the log and groups are the administrators’', async () => {
    await expect(read(ann, '$settings')).rejects.toThrow(AccessDeniedError);
    await expect(readAll(ann)).rejects.toThrow(AccessDeniedError);
    expect(await readAll(root)).toBeGreaterThan(0);
    const settings = persistentSubscriptionToStreamSettingsFromDefaults();
    const created = ann.createPersistentSubscriptionToStream('guarded', 'g', settings);
    await expect(created).rejects.toThrow(AccessDeniedError);
    await root.createPersistentSubscriptionToStream('guarded', 'g', settings);
  });
});

test('credentials switched off: whatever is sent is accepted', async () => {
  const options = { dataDir: file('open'), port: 0, tls: certificate() };
  const server = await startEmbeddedKurrentDB(options);
  const client = connect(server);
  await client.appendToStream('s', event(), { credentials: stranger });
  // The store's own first event and ours.
  expect(await readAll(client, { credentials: stranger })).toBe(2);
  await client.dispose();
  await server.stop();
});

test('access lists need users', async () => {
  const options = { dataDir: file('contradiction'), port: 0, accessLists: true };
  await expect(startEmbeddedKurrentDB(options)).rejects.toThrow(/need users/);
});

test('with a certificate plain connections get nowhere, and plain HTTP is answered encrypted', async () => {
  const options = { dataDir: file('tls'), port: 0, tls: certificate() };
  const server = await startEmbeddedKurrentDB(options);
  const plain = KurrentDBClient.connectionString(server.url.replace('tls=true', 'tls=false'));
  const refused = plain.appendToStream('s', event(), { deadline: 2_000 });
  await expect(refused).rejects.toThrow();
  await plain.dispose();
  const status = await new Promise((resolve, reject) => {
    const request = { port: server.port, path: '/ping', ca: readFileSync(file('ca.pem')) };
    get(request, (response) => resolve((response.resume(), response.statusCode))).on(
      'error',
      reject,
    );
  });
  expect(status).toBe(200);
  await server.stop();
});

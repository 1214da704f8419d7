import { startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { connectKurrentDB } from '@daybook/event-store-kurrentdb';
import { accountStream, commandStream } from '@daybook/ledger-contracts';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  startStore,
  startTested,
  unique,
  type TestedService,
} from '../testing/command-service.fixture';

const later = { prefer: 'respond-async' };

let store: Awaited<ReturnType<typeof startStore>>;
let service: TestedService;
let projector: Server;
let projected = -1n;
let alice: string;

beforeAll(async () => {
  store = await startStore();
  projector = createServer((_request, response) => {
    response.end(JSON.stringify({ position: String(projected) }));
  });
  await new Promise<void>((resolve) => projector.listen(0, '127.0.0.1', resolve));
  const { port } = projector.address() as AddressInfo;
  service = await startTested(store.url, {}, { PROJECTOR_URL: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await service.stop();
  projector.close();
  await store.stop();
});
beforeEach(async () => {
  projected = -1n;
  alice = unique('alice');
  await service.post('/v1/accounts', { accountId: alice, currency: 'EUR' });
});

const deposit = (amount: string, more: object = {}, headers: object = later) =>
  service.post(`/v1/accounts/${alice}/deposits`, { amount, currency: 'EUR', ...more }, headers);

async function until(path: string, status: string, at: TestedService = service) {
  const end = Date.now() + 15_000;
  for (;;) {
    const { body } = await at.send('GET', path);
    if (body['status'] === status) return body;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(body)}, not ${status}`);
    await pause(30);
  }
}

it('answers 202 at once, and what its own route would have answered later', async () => {
  const accepted = await deposit('5.00', { reference: 'a gift', metadata: { x: [1] } });
  expect(accepted.status).toBe(202);
  expect(accepted.body).toMatchObject({ operation: 'deposit', status: 'accepted' });
  const location = accepted.headers.get('location') ?? '';
  expect(location).toBe(`/v1/commands/${String(accepted.body['commandId'])}`);
  const committed = await until(location, 'committed');
  expect(committed['answer']).toMatchObject({
    status: 'posted',
    balances: [{ accountId: alice, posted: '5.00' }],
  });
  projected = BigInt(String(committed.position));
  await until(location, 'projected');
});

it('stays projected when its account moves on', async () => {
  const { headers } = await deposit('5.00');
  const location = headers.get('location') ?? '';
  const { position } = await until(location, 'committed');
  projected = BigInt(String(position));
  const first = await until(location, 'projected');
  await deposit('1.00', {}, {});
  expect((await service.send('GET', location)).body).toEqual(first);
});

it('remembers a rejection for good', async () => {
  const withdrawal = { amount: '1.00', currency: 'EUR' };
  const path = `/v1/accounts/${alice}/withdrawals`;
  const accepted = await service.post(path, withdrawal, later);
  const location = accepted.headers.get('location') ?? '';
  const rejected = await until(location, 'rejected');
  expect(rejected['problem']).toMatchObject({ status: 422, code: 'InsufficientFunds' });
  await deposit('5.00', {}, {});
  await pause(100);
  expect((await until(location, 'rejected'))['problem']).toEqual(rejected['problem']);
});

it('is no identity itself: the same transaction by two receipts happens once', async () => {
  const transactionId = unique('t');
  const first = await deposit('5.00', { transactionId });
  const second = await deposit('5.00', { transactionId });
  const other = await deposit('6.00', { transactionId });
  for (const { headers } of [first, second]) {
    await until(headers.get('location') ?? '', 'committed');
  }
  const rejected = await until(other.headers.get('location') ?? '', 'rejected');
  expect(rejected['problem']).toMatchObject({ code: 'IdempotencyKeyReused' });
  const { body } = await deposit('1.00', {}, {});
  expect(body['balances']).toMatchObject([{ posted: '6.00' }]);
});

it('takes commands to accounts as well, without a key of their own', async () => {
  const opening = await service.post('/v1/accounts', { currency: 'EUR', name: 'Carol' }, later);
  const opened = await until(opening.headers.get('location') ?? '', 'committed');
  const { accountId } = opened['answer'] as { accountId: string };
  const freezing = await service.post(`/v1/accounts/${accountId}/freeze`, undefined, later);
  const frozen = await until(freezing.headers.get('location') ?? '', 'committed');
  expect(frozen['answer']).toMatchObject({ accountId, status: 'frozen' });
});

it('refuses at once what is not valid, and knows no other commands', async () => {
  expect((await deposit('0')).body).toMatchObject({ status: 400, code: 'InvalidAmount' });
  expect((await service.send('GET', '/v1/commands/no-such')).body.code).toBe('NotFound');
  expect((await service.send('GET', '/v1/commands/NO')).body.code).toBe('InvalidId');
  expect((await service.send('GET', '/v1/commands/no?x=1')).body.code).toBe('InvalidRequest');
});

it('tells each stage once as server-sent events', async () => {
  const { headers } = await deposit('5.00');
  const events = await fetch(service.url + (headers.get('location') ?? ''), {
    headers: { accept: 'text/event-stream' },
  });
  expect(events.headers.get('content-type')).toContain('text/event-stream');
  const committed = await until(headers.get('location') ?? '', 'committed');
  projected = BigInt(String(committed.position));
  const text = await events.text();
  const names = [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
  expect(names).toEqual(['accepted', 'committed', 'projected']);
  const refused = await service.post(
    `/v1/accounts/${alice}/withdrawals`,
    { amount: '100.00', currency: 'EUR' },
    later,
  );
  const other = await fetch(service.url + (refused.headers.get('location') ?? ''), {
    headers: { accept: 'text/event-stream' },
  });
  expect([...(await other.text()).matchAll(/^event: (\w+)$/gm)].at(-1)?.[1]).toBe('rejected');
});

it('lets no more look at once than leave room for commands', async () => {
  const { headers } = await deposit('5.00');
  const location = headers.get('location') ?? '';
  await until(location, 'committed');
  let letGo = () => undefined as void;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const { store: whole, ...rest } = connectKurrentDB(store.url);
  const readStream: typeof whole.readStream = async (stream, ...page) => {
    if (stream.startsWith('command-')) await held;
    return whole.readStream(stream, ...page);
  };
  const slow = Object.assign(Object.create(whole) as typeof whole, { readStream });
  const other = await startTested('', { connection: { ...rest, store: slow } });
  const looks = Array.from({ length: 1_050 }, () => other.send('GET', location));
  const refused: unknown[] = [];
  for (const look of looks) void look.then(({ body }) => body.code && refused.push(body.code));
  while (refused.length < 50) await pause(5);
  const money = { amount: '1.00', currency: 'EUR' };
  expect((await other.post(`/v1/accounts/${alice}/deposits`, money)).status).toBe(201);
  letGo();
  const statuses = (await Promise.all(looks)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1_000);
  expect(refused).toEqual(Array(50).fill('Overloaded'));
  await other.stop();
});

it('answers JSON to a client that weighs events at nothing', async () => {
  const { headers } = await deposit('5.00');
  const status = await fetch(service.url + (headers.get('location') ?? ''), {
    headers: { accept: 'application/json, text/event-stream;q=0' },
  });
  expect(status.headers.get('content-type')).toContain('application/json');
});

it('goes on telling after the store was away', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'daybook-receipts-'));
  let own = await startEmbeddedKurrentDB({ dataDir, port: 0 });
  const { url, port } = own;
  const { port: projectorPort } = projector.address() as AddressInfo;
  const settings = { PROJECTOR_URL: `http://127.0.0.1:${projectorPort}` };
  const other = await startTested(url, {}, settings);
  try {
    const { headers } = await other.post('/v1/accounts', { currency: 'EUR' }, later);
    const location = headers.get('location') ?? '';
    const committed = await until(location, 'committed', other);
    const accept = { accept: 'text/event-stream' };
    const followed = await fetch(other.url + location, { headers: accept });
    const text = followed.text().catch((error: unknown) => String(error));
    await own.stop();
    await pause(1_500);
    expect((await other.send('GET', location)).status).toBe(503);
    own = await startEmbeddedKurrentDB({ dataDir, port });
    projected = BigInt(String(committed.position));
    expect(await text).toContain('event: projected');
  } finally {
    await other.stop();
    await own.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

it('decides what another instance left undecided when it died', async () => {
  const commandId = unique('left');
  const connection = connectKurrentDB(store.url);
  const identity = { caller: 'public', digest: 'd', digestVersion: 1 };
  const received = {
    commandId,
    operation: 'deposit',
    id: alice,
    body: { amount: '7.00', currency: 'EUR' },
    identity,
    at: new Date().toISOString(),
  };
  const stream = commandStream(commandId);
  await connection.store.append(
    [
      {
        stream,
        id: crypto.randomUUID(),
        type: 'CommandReceived',
        json: JSON.stringify(received),
        metadata: { schema: '1', last: 'true' },
      },
    ],
    [{ stream, expected: 'no-stream' }],
  );
  const other = await startTested(store.url);
  await until(`/v1/commands/${commandId}`, 'committed', other);
  expect((await deposit('1.00', {}, {})).body['balances']).toMatchObject([{ posted: '8.00' }]);
  await other.stop();
  await connection.close();
});

it('leaves what it could not decide to whoever comes after it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'daybook-receipts-'));
  const own = await startEmbeddedKurrentDB({ dataDir, port: 0 });
  const connection = connectKurrentDB(own.url);
  const readStream = connection.store.readStream.bind(connection.store);
  connection.store.readStream = (stream, from, limit) => {
    if (stream === accountStream('bob')) throw new Error('a newer version wrote here');
    return readStream(stream, from, limit);
  };
  const older = await startTested(own.url, { connection });
  const undecided = await older.post(
    '/v1/accounts/bob/deposits',
    { amount: '5.00', currency: 'EUR' },
    later,
  );
  await pause(1_000);
  await older.stop();
  const newer = await startTested(own.url);
  try {
    await until(undecided.headers.get('location') ?? '', 'rejected', newer);
  } finally {
    await newer.stop();
    await own.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

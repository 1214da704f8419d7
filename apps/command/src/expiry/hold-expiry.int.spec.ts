import { connectKurrentDB } from '@daybook/event-store-kurrentdb';
import { transactionStream } from '@daybook/ledger-contracts';
import { createLogger } from '@daybook/platform';
import { freePorts } from '@daybook/testing';
import { setTimeout as pause } from 'node:timers/promises';
import {
  startStore,
  startTested,
  unique,
  type TestedService,
} from '../testing/command-service.fixture';
import type { Ledger } from '../ledger/ledger';
import { HoldExpiry } from './hold-expiry';

let store: Awaited<ReturnType<typeof startStore>>;

beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store.stop());

async function funded(service: TestedService): Promise<string> {
  const accountId = unique('alice');
  await service.post('/v1/accounts', { accountId, currency: 'EUR' });
  await service.post(`/v1/accounts/${accountId}/deposits`, { amount: '10.00', currency: 'EUR' });
  return accountId;
}

async function hold(service: TestedService, from: string, expiresInMs: number): Promise<string> {
  const { status, body } = await service.post('/v1/transactions', {
    postings: [{ from, to: '@shop', amount: '6.00', currency: 'EUR' }],
    pending: true,
    expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
    transactionId: unique('hold'),
  });
  expect([status, body['status']]).toEqual([201, 'pending']);
  return String(body['transactionId']);
}

const canSpend = async (service: TestedService, id: string, amount: string) =>
  (await service.post(`/v1/accounts/${id}/withdrawals?dryRun=true`, { amount, currency: 'EUR' }))
    .status === 200;

async function untilFree(service: TestedService, id: string): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await canSpend(service, id, '10.00'))) {
    if (Date.now() > end) throw new Error('the hold did not expire');
    await pause(50);
  }
}

it('frees what is held when its time has come, with two instances at work', async () => {
  const [a, b] = await Promise.all([startTested(store.url), startTested(store.url)]);
  const alice = await funded(a);
  const id = await hold(a, alice, 1_500);
  expect(await canSpend(b, alice, '4.01')).toBe(false);
  await untilFree(b, alice);
  expect((await b.post(`/v1/transactions/${id}/capture`)).body).toMatchObject({
    code: 'TransactionNotPending',
  });
  await Promise.all([a.stop(), b.stop()]);
});

it('refuses a capture after its time even before the expiry is recorded, and leaves captured ones alone', async () => {
  const service = await startTested(store.url);
  const alice = await funded(service);
  const id = await hold(service, alice, 1_000);
  expect((await service.post(`/v1/transactions/${id}/capture`)).status).toBe(201);
  await pause(1_800);
  expect(await canSpend(service, alice, '4.00')).toBe(true);
  expect(await canSpend(service, alice, '4.01')).toBe(false);
  await service.stop();
});

it('finds holds again after a restart, those that became due meanwhile too', async () => {
  const first = await startTested(store.url);
  const [alice, bob] = [await funded(first), await funded(first)];
  await hold(first, alice, 600);
  await hold(first, bob, 2_500);
  await first.stop();
  await pause(700);
  const second = await startTested(store.url);
  await untilFree(second, alice);
  await untilFree(second, bob);
  await second.stop();
});

it('finds a hold again whose expiry failed while its instance stopped', async () => {
  const first = await startTested(store.url);
  const alice = await funded(first);
  const id = await hold(first, alice, 300);
  await first.stop();
  await pause(700);
  const second = await startTested(store.url, { connection: failingAtItsEnd(id) });
  await pause(1_000);
  await second.stop();
  const third = await startTested(store.url);
  await untilFree(third, alice);
  await third.stop();
});

/** A store that keeps a read of a transaction waiting, and lets it fail before it ends the log. */
function failingAtItsEnd(id: string) {
  const connection = connectKurrentDB(store.url);
  const { store: log } = connection;
  const [readStream, followTypes] = [log.readStream.bind(log), log.followTypes.bind(log)];
  let fail: (error: Error) => void = () => undefined;
  log.readStream = (stream, from, limit) =>
    stream === transactionStream(id)
      ? new Promise((_, reject) => (fail = reject))
      : readStream(stream, from, limit);
  log.followTypes = async function* (position, types, signal) {
    yield* followTypes(position, types, signal);
    fail(new Error('no answer any more'));
    await pause(50);
  };
  return connection;
}

it('expires the others behind one it cannot read, and a version that can finds that one', async () => {
  const first = await startTested(store.url);
  const [alice, bob] = [await funded(first), await funded(first)];
  const unread = await hold(first, alice, 1_500);
  await hold(first, bob, 1_800);
  await first.stop();
  const older = await startTested(store.url, { connection: ofAnOlderVersion(unread) });
  await untilFree(older, bob);
  expect(await canSpend(older, alice, '10.00')).toBe(false);
  await older.stop();
  const newer = await startTested(store.url);
  await untilFree(newer, alice);
  await newer.stop();
});

/** A store whose log shows one transaction's events as of a version that is not known yet. */
function ofAnOlderVersion(id: string) {
  const connection = connectKurrentDB(store.url);
  const { store: log } = connection;
  const followTypes = log.followTypes.bind(log);
  log.followTypes = async function* (position, types, signal) {
    for await (const record of followTypes(position, types, signal)) {
      const newer = { ...record, metadata: { ...record.metadata, schema: '99' } };
      yield record.stream === transactionStream(id) ? newer : record;
    }
  };
  return connection;
}

it('expires hundreds that are due together within seconds', async () => {
  const service = await startTested(store.url);
  const alice = await funded(service);
  // Later than a slow machine takes to accept them all.
  const expiresAt = new Date(Date.now() + 5_000).toISOString();
  const posting = { from: alice, to: '@shop', amount: '0.01', currency: 'EUR' };
  const commands = Array.from({ length: 600 }, () => ({
    type: 'transaction',
    pending: true,
    expiresAt,
    postings: [posting],
  }));
  const { body } = await service.post('/v1/batches', { commands });
  const results = body['results'] as { status: number }[];
  expect(results.filter(({ status }) => status !== 201)).toEqual([]);
  expect(await canSpend(service, alice, '4.01')).toBe(false);
  await pause(Math.max(0, Date.parse(expiresAt) - Date.now()));
  const from = Date.now();
  await untilFree(service, alice);
  expect(Date.now() - from).toBeLessThan(5_000);
  await service.stop();
});

it('says which setting to look at while no event store answers', async () => {
  const [port = 0] = await freePorts(1);
  const connection = connectKurrentDB(`kurrentdb://127.0.0.1:${port}?tls=false`);
  const lines: string[] = [];
  const logger = createLogger('expiry', 'warn', { write: (line) => void lines.push(line) });
  const now = () => new Date();
  const expiry = new HoldExpiry({ store: connection.store, ledger: {} as Ledger, logger, now });
  expiry.start();
  while (lines.length === 0) await pause(20);
  await expiry.stop();
  await connection.close();
  expect(lines[0]).toContain('no event store answers: is it running where KURRENTDB_URL says');
}, 20_000);

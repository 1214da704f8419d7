import { StoreUnreachable, type LogPosition } from '@daybook/event-store';
import { createLogger } from '@daybook/platform';
import { FaultyEventStore, InMemoryEventStore } from '@daybook/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { startTested, type TestedService } from './testing/command-service.fixture';

let faults: FaultyEventStore;
let service: TestedService;
let logged: { readonly msg: string; readonly code?: string }[];

beforeEach(async () => {
  const memory = new InMemoryEventStore();
  faults = new FaultyEventStore(memory);
  const store = {
    append: (...given: Parameters<FaultyEventStore['append']>) => faults.append(...given),
    readStream: (...given: Parameters<FaultyEventStore['readStream']>) =>
      faults.readStream(...given),
    readLast: (stream: string) => faults.readLast(stream),
    end: memory.end.bind(memory),
    readAfter: memory.readAfter.bind(memory),
    follow: memory.follow.bind(memory),
    followTypes: (position: LogPosition, _types: readonly string[], signal: AbortSignal) =>
      memory.follow(position, ['command-'], signal),
  };
  logged = [];
  service = await startTested('', {
    logger: createLogger('command', 'warn', { write: (line) => logged.push(JSON.parse(line)) }),
    connection: {
      store,
      ping: () => (faults.down ? Promise.reject(new Error('down')) : Promise.resolve()),
      close: () => Promise.resolve(),
    },
    runner: {
      resendsMax: 2,
      unknownMsMax: 200,
      backoffMsFirst: 5,
      backoffMsMax: 50,
      commandsMax: 50,
      conflictsMax: 3,
      drainMsMax: 300,
    },
  });
  for (const accountId of ['alice', 'bob']) {
    await service.post('/v1/accounts', { accountId, currency: 'EUR' });
  }
});
afterEach(() => service.stop());

const deposit = (more: object = {}, headers: object = {}) =>
  service.post(
    '/v1/accounts/alice/deposits',
    { amount: '1.00', currency: 'EUR', ...more },
    headers,
  );

async function untilBack(): Promise<void> {
  const end = Date.now() + 15_000;
  while ((await deposit({ transactionId: 'probe' })).status >= 500) {
    if (Date.now() > end) throw new Error('it did not recover');
    await pause(20);
  }
}

it('applies a command once whose answer was lost, and says so', async () => {
  faults.onAppend = (nth) => (nth % 2 === 1 ? 'lost-after' : undefined);
  const first = await deposit({ transactionId: 't1' });
  expect(first.status).toBe(201);
  faults.onAppend = () => undefined;
  expect((await deposit({ transactionId: 't1' })).body['balances']).toEqual(first.body['balances']);
  expect((await deposit()).body['balances']).toMatchObject([{ posted: '2.00' }]);
});

it('is unavailable while the store is, tells the truth about it, and recovers by itself', async () => {
  faults.down = true;
  const unnamed = await deposit();
  expect(unnamed.status).toBe(503);
  expect(unnamed.body).toMatchObject({
    code: 'StoreUnavailable',
    transactionId: expect.stringMatching(/^_/),
  });
  const { outcome } = unnamed.body;
  expect(unnamed.headers.has('retry-after')).toBe(outcome === 'none');
  const named = await deposit({ transactionId: 't2' });
  expect(named.body).toMatchObject({ code: 'StoreUnavailable', transactionId: 't2' });
  expect(named.headers.get('retry-after')).toBe('1');
  const keyed = await deposit({}, { 'idempotency-key': 'k' });
  expect(keyed.headers.get('retry-after')).toBe('1');
  expect((await service.send('GET', '/health/ready')).status).toBe(503);
  expect((await service.send('GET', '/health/live')).status).toBe(200);
  faults.down = false;
  await untilBack();
  expect((await service.send('GET', '/health/ready')).status).toBe(200);
  expect((await deposit({ transactionId: 't2' })).status).toBeLessThan(300);
});

it('is not ready while a store that answers again leaves it in doubt', async () => {
  faults.onAppend = () => 'lost-before';
  expect((await deposit()).status).toBe(503);
  const unready = await service.send('GET', '/health/ready');
  expect(unready.status).toBe(503);
  expect(unready.body).toMatchObject({ checks: { eventStore: 'StoreUnavailable' } });
  faults.onAppend = () => undefined;
  await untilBack();
  expect((await service.send('GET', '/health/ready')).status).toBe(200);
});

it('says of an atomic batch where to look it up, or that it can be sent again', async () => {
  faults.down = true;
  const command = { type: 'deposit', accountId: 'alice', amount: '1.00', currency: 'EUR' };
  const body = { atomic: true, commands: [{ ...command, transactionId: 't3' }, command] };
  const unnamed = await service.post('/v1/batches', body);
  expect(unnamed.body).toMatchObject({
    code: 'StoreUnavailable',
    transactionId: expect.stringMatching(/^_/),
  });
  expect(unnamed.headers.has('retry-after')).toBe(unnamed.body['outcome'] === 'none');
  const keyed = await service.post('/v1/batches', body, { 'idempotency-key': 'k2' });
  expect(keyed.body).toMatchObject({ code: 'StoreUnavailable', transactionId: 't3' });
  expect(keyed.headers.get('retry-after')).toBe('1');
});

it('gives no refusal on ground that it cannot show to be current', async () => {
  faults.onRead = () => {
    throw new StoreUnreachable('no reads today');
  };
  const refused = await service.post('/v1/accounts/alice/withdrawals', {
    amount: '1.00',
    currency: 'EUR',
  });
  expect(refused.body).toMatchObject({ status: 503, code: 'StoreUnavailable' });
});

it('refuses early, not late, when more comes than it can hold', async () => {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  faults.onAppend = async () => {
    await held;
    return undefined;
  };
  const many = Array.from({ length: 80 }, () => deposit());
  const refused: string[] = [];
  for (const each of many) {
    void each.then(({ status, body, headers }) => {
      if (status === 429) refused.push(`${body.code} ${headers.get('retry-after')}`);
    });
  }
  while (refused.length < 30) await pause(5);
  expect(new Set(refused)).toEqual(new Set(['Overloaded 1']));
  letGo();
  const statuses = (await Promise.all(many)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(50);
  expect((await deposit()).body['balances']).toMatchObject([{ posted: '51.00' }]);
});

it('gives up a race that it keeps losing, without effect', async () => {
  let n = 0;
  let inside = false;
  faults.onAppend = async (_nth, records) => {
    if (inside || !records.some(({ stream }) => stream === 'account-alice')) return undefined;
    inside = true;
    n += 1;
    const last = await faults.readLast('account-alice');
    const rival = {
      stream: 'account-alice',
      id: crypto.randomUUID(),
      type: n % 2 ? 'AccountFrozen' : 'AccountUnfrozen',
      json: JSON.stringify({
        accountId: 'alice',
        ...(n % 2 && { scope: 'debits' }),
        at: new Date().toISOString(),
      }),
      metadata: { schema: '1', last: 'true' },
    };
    await faults.append([rival], [{ stream: 'account-alice', expected: last?.revision ?? 0 }]);
    inside = false;
    return undefined;
  };
  const answer = await deposit();
  expect([answer.status, answer.body.code]).toEqual([503, 'TooMuchContention']);
  expect(answer.headers.get('retry-after')).toBe('1');
  faults.onAppend = () => undefined;
  expect((await deposit()).body['balances']).toMatchObject([{ posted: '1.00' }]);
});

/** Leaves an event in Alice's account that only a newer version can read. */
async function writeOfANewerVersion(): Promise<void> {
  const next = {
    stream: 'account-alice',
    id: crypto.randomUUID(),
    type: 'AccountFrozen',
    json: JSON.stringify({ accountId: 'alice', at: new Date().toISOString() }),
    metadata: { schema: '7', last: 'true' },
  };
  await faults.append([next], [{ stream: 'account-alice', expected: 0 }]);
}

/** Takes receipts in, and nothing else. */
function losesCommands(): Promise<void> {
  faults.onAppend = (_, [first]) =>
    first?.stream.startsWith('command-') ? undefined : 'lost-before';
  return Promise.resolve();
}

it.each([
  ['StoreUnavailable', losesCommands],
  ['StreamUnreadable', writeOfANewerVersion],
])('says once, not at every try, why a receipt waits (%s)', async (code, begin) => {
  await begin();
  expect((await deposit({}, { prefer: 'respond-async' })).status).toBe(202);
  await pause(1_300);
  expect(logged.filter(({ msg }) => msg === 'receipt waits')).toMatchObject([{ code }]);
});

it('says that a newer version wrote to an account, and does nothing to it', async () => {
  await writeOfANewerVersion();
  const problem = {
    status: 500,
    code: 'StreamUnreadable',
    detail:
      'nothing was done: the stream account-alice was written by a newer version ' +
      '(AccountFrozen: schema "7", known to 1)',
  };
  const payment = { type: 'deposit', accountId: 'alice', amount: '1.00', currency: 'EUR' };
  const answers = [
    await deposit(),
    await service.send('PATCH', '/v1/accounts/alice', { name: 'Alice' }),
    await service.post('/v1/batches', { commands: [payment], atomic: true }),
  ];
  for (const { status, body, headers } of answers) {
    expect([status, body]).toEqual([500, expect.objectContaining(problem)]);
    expect(headers.has('retry-after')).toBe(false);
  }
  const { body } = await service.post('/v1/batches', { commands: [payment] });
  expect(body['results']).toMatchObject([{ status: 500, body: problem }]);
  expect(await faults.readStream('account-alice', 2, 1)).toEqual([]);
});

it('tells whoever waits for a store that says nothing what is known, when it is stopped', async () => {
  await deposit();
  faults.onAppend = () => new Promise(() => undefined);
  faults.onRead = () => new Promise(() => undefined);
  const appends = faults.appends;
  const written = deposit({ transactionId: 't4' });
  while (faults.appends === appends) await pause(5);
  const headers = { prefer: 'respond-async' };
  const received = deposit({ transactionId: 't5' }, headers);
  const unread = service.post('/v1/accounts/carol/deposits', { amount: '1.00', currency: 'EUR' });
  // Requests that had not come yet would find their connections closed.
  while ((await service.metric('daybook_commands_under_way')) < 3) await pause(5);
  await service.stop();
  expect((await written).body).toMatchObject({ code: 'StoreUnavailable', outcome: 'unknown' });
  for (const { body } of await Promise.all([received, unread])) {
    expect(body).toMatchObject({ code: 'StoreUnavailable', outcome: 'none' });
  }
});

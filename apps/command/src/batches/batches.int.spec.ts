import {
  startStore,
  startTested,
  unique,
  type TestedService,
} from '../testing/command-service.fixture';

interface Result {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

let store: Awaited<ReturnType<typeof startStore>>;
let service: TestedService;
let alice: string;
let bob: string;

beforeAll(async () => {
  store = await startStore();
  service = await startTested(store.url);
});
afterAll(async () => {
  await service.stop();
  await store.stop();
});
beforeEach(() => {
  alice = unique('alice');
  bob = unique('bob');
});

const batch = async (commands: unknown, more: object = {}, headers: object = {}) => {
  const answer = await service.post('/v1/batches', { commands, ...more }, headers);
  return { ...answer, results: (answer.body['results'] ?? []) as Result[] };
};

const open = (accountId: string) => ({ type: 'openAccount', accountId, currency: 'EUR' });
const deposit = (accountId: string, amount: string, more: object = {}) => ({
  type: 'deposit',
  accountId,
  amount,
  currency: 'EUR',
  ...more,
});
const transfer = (amount: string, more: object = {}) => ({
  type: 'transfer',
  from: alice,
  to: bob,
  amount,
  currency: 'EUR',
  ...more,
});

const codes = (results: readonly Result[]) =>
  results.map(({ status, body }) => body['code'] ?? status);

async function postedOf(id: string): Promise<unknown> {
  const { body } = await service.post(`/v1/accounts/${id}/deposits?dryRun=true`, {
    amount: '0.01',
    currency: 'EUR',
  });
  const [balance] = (body['balances'] ?? []) as { posted: string }[];
  return balance ? (Number(balance.posted) - 0.01).toFixed(2) : body.code;
}

it('answers each command on its own, in order', async () => {
  const answer = await batch([
    open(alice),
    open(bob),
    deposit(alice, '10.00'),
    transfer('10.01'),
    { type: 'nonsense' },
    { ...transfer('1.00'), unknown: true },
    transfer('4.00'),
    { type: 'freezeAccount', id: bob },
    transfer('1.00'),
    17,
  ]);
  expect(answer.status).toBe(200);
  expect(codes(answer.results)).toEqual([
    ...[201, 201, 201, 'InsufficientFunds', 'InvalidRequest', 'InvalidRequest', 201, 201],
    ...['AccountFrozen', 'InvalidRequest'],
  ]);
  const positions = answer.results.map(({ body }) => body['position']).filter(Boolean);
  expect(positions).toContain(answer.headers.get('daybook-position'));
  expect(await postedOf(alice)).toBe('6.00');
});

it.each([
  ['a transaction not in memory', {}],
  ['one that memory has no room for', { cacheBytesMax: 1, recentStreamsMax: 2 }],
])('keeps the order to an account also after a command about %s', async (_what, runner) => {
  const holds = Array.from({ length: 40 }, () => unique('hold'));
  const postings = [{ from: alice, to: bob, amount: '1.00', currency: 'EUR' }];
  await batch([
    open(alice),
    open(bob),
    deposit(alice, '40.00'),
    ...holds.map((transactionId) => ({
      ...{ type: 'transaction', transactionId, postings, pending: true },
      expiresAt: '2999-01-01T00:00:00Z',
    })),
  ]);
  // A service that has none of this in memory.
  const other = await startTested(store.url, { runner });
  try {
    const commands = holds.flatMap((id) => [{ type: 'void', id }, transfer('1.00')]);
    const { body } = await other.post('/v1/batches', { commands });
    expect(codes(body['results'] as Result[])).toEqual(commands.map(() => 201));
  } finally {
    await other.stop();
  }
});

it('takes a command of a batch and of its own route for the same', async () => {
  const transactionId = unique('t');
  await batch([open(alice), deposit(alice, '5.00', { transactionId })]);
  const single = await service.post(`/v1/accounts/${alice}/deposits`, {
    amount: '5',
    currency: 'EUR',
    transactionId,
  });
  expect(single.status).toBe(200);
  const { results } = await batch([
    deposit(alice, '5.00', { transactionId }),
    deposit(alice, '6.00', { transactionId }),
  ]);
  expect(codes(results)).toEqual([200, 'IdempotencyKeyReused']);
});

it('repeats a whole batch by its key, and a command by its own', async () => {
  const headers = { 'idempotency-key': unique('key') };
  const commands = [
    open(alice),
    deposit(alice, '1.00'),
    deposit(alice, '1.00'),
    deposit(alice, '1.00', { idempotencyKey: unique('own') }),
  ];
  expect(codes((await batch(commands, {}, headers)).results)).toEqual([201, 201, 201, 201]);
  const again = await batch(commands, {}, headers);
  expect(codes(again.results)).toEqual([200, 200, 200, 200]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await postedOf(alice)).toBe('3.00');
});

it('does all of an atomic batch or none', async () => {
  const commands = [open(alice), open(bob), deposit(alice, '10.00'), transfer('4.00')];
  const refused = await batch([...commands, transfer('6.01')], { atomic: true });
  expect([refused.status, refused.results.map((result) => result.status)]).toEqual([
    ...[200, [422, 422, 422, 422, 422]],
  ]);
  for (const { body } of refused.results) {
    expect(body).toMatchObject({ code: 'InsufficientFunds', index: 4 });
  }
  expect(refused.results[0]?.body['detail']).toMatch(/^not applied: command 4 of the atomic batch/);
  expect(await postedOf(alice)).toBe('AccountNotFound');
  const headers = { 'idempotency-key': unique('key') };
  const done = await batch(commands, { atomic: true }, headers);
  expect(codes(done.results)).toEqual([201, 201, 201, 201]);
  expect(new Set(done.results.map(({ body }) => body['position'])).size).toBe(1);
  expect(await postedOf(alice)).toBe('6.00');
  const again = await batch(commands, { atomic: true }, headers);
  expect(codes(again.results)).toEqual([200, 200, 200, 200]);
  expect(await postedOf(alice)).toBe('6.00');
});

it('refuses an atomic batch for what is wrong in it, and says where', async () => {
  const transactionId = unique('t');
  const repeated = deposit(alice, '1.00', { transactionId });
  const twice = await batch([open(alice), repeated, repeated], { atomic: true });
  expect(twice.body).toMatchObject({ code: 'InvalidRequest', errors: [{ path: 'commands.2' }] });
  const own = { idempotencyKey: unique('key') };
  const freeze = { type: 'freezeAccount', id: alice, ...own };
  const kinds = await batch([open(alice), deposit(alice, '1.00', own), freeze], { atomic: true });
  expect(kinds.body).toMatchObject({ code: 'InvalidRequest', errors: [{ path: 'commands.2' }] });
  const wrong = await batch([open(alice), deposit(alice, '-1')], { atomic: true });
  expect(wrong.body).toMatchObject({
    code: 'InvalidAmount',
    index: 1,
    errors: [{ path: 'commands.1.amount' }],
  });
  expect(await postedOf(alice)).toBe('AccountNotFound');
});

it.each([
  ['no list', { commands: {} }],
  ['an empty list', { commands: [] }],
  ['an unknown field', { commands: [{}], mode: 'x' }],
  ['an odd switch', { commands: [{}], atomic: 'yes' }],
])('refuses a batch of %s', async (_what, body) => {
  const answer = await service.post('/v1/batches', body);
  expect([answer.status, answer.body.code]).toEqual([400, 'InvalidRequest']);
});

it('asks for parts of an atomic batch that the store would not take at once', async () => {
  await batch([open(alice)]);
  const commands = Array.from({ length: 10_000 }, () => deposit(alice, '0.01'));
  const { status, body } = await batch(commands, { atomic: true });
  expect([status, body.code]).toEqual([413, 'RequestTooLarge']);
  expect(await postedOf(alice)).toBe('0.00');
});

it('refuses query parameters and other media', async () => {
  expect((await service.post('/v1/batches?dryRun=true', { commands: [{}] })).status).toBe(400);
  const text = await service.post('/v1/batches', 'x', { 'content-type': 'text/plain' });
  expect(text.status).toBe(415);
});

describe('as a stream of lines', () => {
  const stream = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
    fetch(`${service.url}/v1/batches`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson', ...headers },
      ...({ duplex: 'half' } as object),
    });
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Result);

  it('answers a line with a line, in order, whatever the lines are', async () => {
    const commands = [open(alice), deposit(alice, '2.50'), deposit(alice, '0.50')];
    const sent = [
      ...commands.map((each) => JSON.stringify(each)),
      '{"type":',
      '',
      '{"a":{"__proto__":1}}',
    ];
    const response = await stream(`${sent.join('\r\n')}\n`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const results = lines(await response.text());
    expect(codes(results)).toEqual([201, 201, 201, 'InvalidRequest', 'InvalidRequest']);
    expect(await postedOf(alice)).toBe('3.00');
  });

  it('refuses a line that says something else to other readers', async () => {
    const text = (reference: string) => JSON.stringify(deposit(alice, '1.00', { reference }));
    const response = await stream(
      Buffer.concat([
        Buffer.from(`${JSON.stringify(open(alice))}\n`),
        Buffer.from(text('caf\u00e9'), 'latin1'),
        Buffer.from(`\n${text('x').replace('"amount"', '"amount":"9.00","amount"')}\n`),
        Buffer.from(text('caf\u00e9')),
      ]),
    );
    const results = lines(await response.text());
    expect(codes(results)).toEqual([201, 'InvalidRequest', 'InvalidRequest', 201]);
    expect(await postedOf(alice)).toBe('1.00');
  });

  it('knows its media type however it is spelt, and takes it as plain UTF-8 only', async () => {
    const line = JSON.stringify(open(alice));
    const spelt = await stream(line, { 'content-type': 'Application/X-NDJSON; charset=UTF-8' });
    expect([spelt.status, codes(lines(await spelt.text()))]).toEqual([200, [201]]);
    const packed = await stream(line, { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(415);
    const wide = await stream(line, { 'content-type': 'application/x-ndjson; charset=utf-16' });
    expect(wide.status).toBe(415);
  });

  it('answers before the sender has ended', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const write = (command: object) =>
      writer.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
    void write(open(alice));
    const response = await stream(readable);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => lines(new TextDecoder().decode((await reader.read()).value));
    expect(codes(await next())).toEqual([201]);
    void write(deposit(alice, '1.00'));
    expect(codes(await next())).toEqual([201]);
    await writer.close();
    expect((await reader.read()).done).toBe(true);
  });

  it('takes many commands at a bounded pace', async () => {
    await batch([open(alice)]);
    const count = 5_000;
    async function* sent() {
      for (let i = 0; i < count; i += 1) yield `${JSON.stringify(deposit(alice, '0.01'))}\n`;
    }
    const response = await stream(sent() as never);
    const results = lines(await response.text());
    expect(results).toHaveLength(count);
    expect(new Set(codes(results))).toEqual(new Set([201]));
    expect(await postedOf(alice)).toBe('50.00');
  });

  it('makes many streams wait, where single requests would be refused', async () => {
    const runner = { commandsMax: 4_500 };
    const narrow = await startTested(store.url, { runner });
    await narrow.post('/v1/accounts', { accountId: alice, currency: 'EUR' });
    const text = `${JSON.stringify(deposit(alice, '0.01'))}\n`.repeat(700);
    const headers = { 'content-type': 'application/x-ndjson' };
    const streams = Array.from({ length: 10 }, () =>
      fetch(`${narrow.url}/v1/batches`, { method: 'POST', body: text, headers }),
    );
    const all = await Promise.all(
      streams.map(async (response) => lines(await (await response).text())),
    );
    expect(new Set(codes(all.flat()))).toEqual(new Set([201]));
    await narrow.stop();
    expect(await postedOf(alice)).toBe('70.00');
  });

  it('answers a line that is too long in its place, and goes on', async () => {
    const opened = JSON.stringify(open(alice));
    const paid = JSON.stringify(deposit(alice, '1.00'));
    const response = await stream(`${opened}\n${'x'.repeat(1_100_000)}\n${paid}\n`);
    const results = lines(await response.text());
    expect(codes(results)).toEqual([201, 'RequestTooLarge', 201]);
  });
});

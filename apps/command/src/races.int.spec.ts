import {
  startStore,
  startTested,
  unique,
  type TestedService,
} from './testing/command-service.fixture';

let store: Awaited<ReturnType<typeof startStore>>;
let a: TestedService;
let b: TestedService;

beforeAll(async () => {
  store = await startStore();
  [a, b] = await Promise.all([startTested(store.url), startTested(store.url)]);
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await store.stop();
});

async function funded(amount: string): Promise<string> {
  const accountId = unique('alice');
  await a.post('/v1/accounts', { accountId, currency: 'EUR' });
  await a.post(`/v1/accounts/${accountId}/deposits`, { amount, currency: 'EUR' });
  return accountId;
}

const withdraw = (service: TestedService, id: string, amount: string, more: object = {}) =>
  service.post(`/v1/accounts/${id}/withdrawals`, { amount, currency: 'EUR', ...more });

it.each(['one instance', 'two instances'])(
  'lets one of 200 concurrent withdrawals of the whole balance through, over %s',
  async (over) => {
    const id = await funded('100.00');
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        withdraw(over === 'two instances' && i % 2 ? b : a, id, '100.00'),
      ),
    );
    const codes = answers.map(({ status, body }) => body.code ?? status);
    expect(codes.filter((code) => code === 201)).toHaveLength(1);
    expect(codes.filter((code) => code === 'InsufficientFunds')).toHaveLength(199);
  },
);

it('never refuses at one instance what a deposit at the other has paid for', async () => {
  const id = await funded('1.00');
  for (let i = 0; i < 30; i += 1) {
    const [at, other] = i % 2 ? [a, b] : [b, a];
    expect((await withdraw(other, id, '1.00')).status).toBe(201);
    const deposit = { amount: '1.00', currency: 'EUR' };
    expect((await at.post(`/v1/accounts/${id}/deposits`, deposit)).status).toBe(201);
  }
});

it('lets an instance that lost a race take over what the other writes', async () => {
  const [raced, other] = [await funded('100.00'), await funded('100.00')];
  const learned = () => a.metric('daybook_learned_records_total');
  await withdraw(b, raced, '1.00');
  await withdraw(a, raced, '1.00');
  const before = await learned();
  // How soon it follows depends on the machine.
  while ((await learned()) === before) await withdraw(b, other, '0.01');
  expect((await withdraw(a, other, '200.00')).body).toMatchObject({ code: 'InsufficientFunds' });
});

it('sees at one instance at once what the other opened and closed', async () => {
  const accountId = unique('carol');
  const freeze = (service: TestedService) => service.post(`/v1/accounts/${accountId}/freeze`);
  expect((await freeze(b)).status).toBe(404);
  await a.post('/v1/accounts', { accountId, currency: 'EUR' });
  expect((await freeze(b)).status).toBe(201);
  expect((await a.post(`/v1/accounts/${accountId}/close`)).status).toBe(201);
  expect((await freeze(b)).body.code).toBe('AccountClosed');
});

it('lets one of two contents of the same transactionId win, over two instances', async () => {
  const id = await funded('1000.00');
  for (let i = 0; i < 20; i += 1) {
    const transactionId = unique('t');
    const answers = await Promise.all([
      withdraw(a, id, '1.00', { transactionId }),
      withdraw(b, id, '2.00', { transactionId }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(answers.find(({ status }) => status === 422)?.body.code).toBe('IdempotencyKeyReused');
  }
});

it('moves money around a ring over two instances without losing any', async () => {
  const ring = await Promise.all(Array.from({ length: 4 }, () => funded('10.00')));
  const moves = Array.from({ length: 120 }, (_, i) =>
    (i % 2 ? a : b).post('/v1/transfers', {
      from: ring[i % 4],
      to: ring[(i + 1) % 4],
      amount: '1.00',
      currency: 'EUR',
    }),
  );
  const done = await Promise.all(moves);
  expect(done.every(({ status }) => status === 201 || status === 422)).toBe(true);
  const left = await Promise.all(
    ring.map((id) =>
      a.post(`/v1/accounts/${id}/deposits?dryRun=true`, { amount: '1.00', currency: 'EUR' }),
    ),
  );
  const sum = left.reduce((total, { body }) => {
    const [{ posted } = { posted: '' }] = body['balances'] as { posted: string }[];
    return total + BigInt(posted.replace('.', ''));
  }, 0n);
  expect(sum).toBe(4_000n + 400n);
});

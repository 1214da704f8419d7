import {
  startStore,
  startTested,
  unique,
  type TestedService,
} from './testing/command-service.fixture';

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
beforeEach(async () => {
  alice = await opened('alice');
  bob = await opened('bob');
});

async function opened(name: string, more: object = {}): Promise<string> {
  const accountId = unique(name);
  const { status } = await service.post('/v1/accounts', { accountId, currency: 'EUR', ...more });
  expect(status).toBe(201);
  return accountId;
}

const deposit = (id: string, amount: string, more: object = {}, headers: object = {}) =>
  service.post(`/v1/accounts/${id}/deposits`, { amount, currency: 'EUR', ...more }, headers);
const withdraw = (id: string, amount: string, more: object = {}) =>
  service.post(`/v1/accounts/${id}/withdrawals`, { amount, currency: 'EUR', ...more });
const transfer = (from: string, to: string, amount: string, more: object = {}, headers = {}) =>
  service.post('/v1/transfers', { from, to, amount, currency: 'EUR', ...more }, headers);

const balance = (accountId: string, posted: string, held = '0.00', available = posted) => ({
  accountId,
  posted,
  held,
  available,
  currency: 'EUR',
});

describe('accounts', () => {
  it('opens an account once, whoever asks again the same', async () => {
    const accountId = unique('carol');
    const body = { accountId, currency: 'EUR', overdraftLimit: '100.00', name: 'Carol' };
    const first = await service.post('/v1/accounts', body);
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      accountId,
      status: 'open',
      position: expect.any(String),
      currency: 'EUR',
      overdraftLimit: '100.00',
      limits: { perTransaction: null, perDay: null, minimumBalance: null },
    });
    expect(first.headers.get('daybook-position')).toBe(first.body.position);
    const again = await service.post('/v1/accounts', { ...body, overdraftLimit: '100.0' });
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect({ ...again.body, position: 0 }).toEqual({ ...first.body, position: 0 });
    const other = await service.post('/v1/accounts', { ...body, currency: 'USD' });
    expect([other.status, other.body.code]).toEqual([409, 'AccountAlreadyExists']);
  });

  it('makes an id for an account without one', async () => {
    const { status, body } = await service.post('/v1/accounts', { currency: 'KRW' });
    expect(status).toBe(201);
    expect(body['accountId']).toMatch(/^_/);
    const paid = await service.post(`/v1/accounts/${String(body['accountId'])}/deposits`, {
      amount: '1000',
      currency: 'KRW',
    });
    expect(paid.body['balances']).toMatchObject([{ posted: '1000', held: '0' }]);
  });

  it('freezes, unfreezes and closes; 200 for what is so already', async () => {
    await deposit(alice, '5.00');
    const act = async (action: string, body?: object) => {
      const answer = await service.post(`/v1/accounts/${alice}/${action}`, body);
      return [answer.status, answer.body['status'] ?? answer.body.code];
    };
    expect(await act('freeze', { scope: 'debits' })).toEqual([201, 'frozen']);
    expect(await act('freeze', { scope: 'debits' })).toEqual([200, 'frozen']);
    expect((await withdraw(alice, '1.00')).body).toMatchObject({ code: 'AccountFrozen' });
    expect((await deposit(alice, '1.00')).status).toBe(201);
    expect(await act('freeze')).toEqual([201, 'frozen']);
    expect((await deposit(alice, '1.00')).status).toBe(409);
    expect(await act('unfreeze')).toEqual([201, 'open']);
    expect(await act('unfreeze')).toEqual([200, 'open']);
    expect((await service.post(`/v1/accounts/${alice}/close`)).body.code).toBe('AccountNotEmpty');
    await withdraw(alice, '6.00');
    expect(await act('close')).toEqual([201, 'closed']);
    expect(await act('close')).toEqual([200, 'closed']);
    expect((await deposit(alice, '1.00')).body).toMatchObject({
      status: 409,
      code: 'AccountClosed',
      accountId: alice,
    });
  });

  it('changes limits and details', async () => {
    const change = (body: object) => service.send('PATCH', `/v1/accounts/${alice}`, body);
    const changed = await change({ overdraftLimit: '10', limits: { perTransaction: '5.00' } });
    expect(changed.status).toBe(201);
    expect(changed.body).toMatchObject({
      overdraftLimit: '10.00',
      limits: { perTransaction: '5.00', perDay: null },
    });
    expect((await withdraw(alice, '5.01')).body).toMatchObject({
      code: 'LimitExceeded',
      limit: 'perTransaction',
      allowed: '5.00',
    });
    expect((await withdraw(alice, '5.00')).body['balances']).toEqual([
      balance(alice, '-5.00', '0.00', '5.00'),
    ]);
    expect((await change({ limits: { perTransaction: null } })).status).toBe(201);
    expect((await change({ limits: { perTransaction: null } })).status).toBe(200);
    expect((await change({ overdraftLimit: '1.001' })).body).toMatchObject({
      code: 'InvalidAmount',
      errors: [{ path: 'overdraftLimit' }],
    });
    expect((await change({ limits: { perDay: '1.000' } })).body).toMatchObject({
      code: 'InvalidAmount',
      errors: [{ path: 'limits.perDay' }],
    });
    expect((await change({ name: 'Alice', metadata: null })).status).toBe(201);
    expect((await change({ overdraftLimit: 'unlimited' })).body['overdraftLimit']).toBe(
      'unlimited',
    );
  });
});

describe('money', () => {
  it('answers with the balances after the transaction', async () => {
    const paid = await deposit(alice, '10.5', { effectiveAt: '2026-01-01T00:30:00+01:00' });
    expect(paid.status).toBe(201);
    expect(paid.body).toEqual({
      transactionId: expect.stringMatching(/^_/),
      status: 'posted',
      position: expect.any(String),
      balances: [balance(alice, '10.50')],
    });
    const moved = await transfer(alice, bob, '4.00');
    expect(moved.body['balances']).toEqual([balance(alice, '6.50'), balance(bob, '4.00')]);
    const split = await service.post('/v1/transactions', {
      postings: [
        { from: alice, to: bob, amount: '1', currency: 'EUR' },
        { from: bob, to: '@fees', amount: '0.25', currency: 'EUR' },
      ],
      reference: 'with a fee',
    });
    expect(split.body['balances']).toEqual([balance(alice, '5.50'), balance(bob, '4.75')]);
  });

  it('holds, captures in part, voids the rest', async () => {
    await deposit(alice, '10.00');
    const hold = await service.post('/v1/transactions', {
      postings: [{ from: alice, to: bob, amount: '8.00', currency: 'EUR' }],
      pending: true,
      expiresAt: '2999-01-01T00:00:00Z',
      transactionId: unique('hold'),
    });
    expect(hold.body).toMatchObject({
      status: 'pending',
      balances: [balance(alice, '10.00', '8.00', '2.00'), balance(bob, '0.00')],
    });
    const at = `/v1/transactions/${String(hold.body['transactionId'])}`;
    expect((await service.post(`${at}/capture`, { amount: '8.01' })).body).toMatchObject({
      status: 422,
      code: 'CaptureExceedsHold',
      amount: '8.01',
      held: '8.00',
    });
    for (const sent of [{ amount: '3.000' }, { amounts: ['3.000'] }]) {
      expect((await service.post(`${at}/capture`, sent)).body).toMatchObject({
        status: 400,
        code: 'InvalidAmount',
      });
    }
    const part = await service.post(`${at}/capture`, { amount: '3', transactionId: unique('c') });
    expect(part.body).toMatchObject({ status: 'posted', refersTo: hold.body['transactionId'] });
    const freed = await service.post(`${at}/void`);
    expect(freed.body['balances']).toEqual([balance(alice, '7.00'), balance(bob, '3.00')]);
    expect((await service.post(`${at}/void`)).status).toBe(200);
    expect((await service.post(`${at}/capture`)).body).toMatchObject({
      status: 409,
      code: 'TransactionNotPending',
    });
  });

  it('reverses once', async () => {
    const { body } = await deposit(alice, '10.00');
    const at = `/v1/transactions/${String(body['transactionId'])}/reversal`;
    await withdraw(alice, '4.00');
    expect((await service.post(at)).body).toMatchObject({ code: 'InsufficientFunds' });
    const forced = await service.post(at, { force: true, reason: 'sent by mistake' });
    expect(forced.body['balances']).toEqual([balance(alice, '-4.00')]);
    expect((await service.post(at, { transactionId: unique('again') })).body).toMatchObject({
      status: 409,
      code: 'AlreadyReversed',
    });
    const other = await deposit(alice, '5.00');
    const its = `/v1/transactions/${String(other.body['transactionId'])}/reversal`;
    expect((await service.post(its, { force: false, reason: 'no need' })).body).toMatchObject({
      code: 'InsufficientFunds',
    });
    await deposit(alice, '4.00');
    expect((await service.post(its, { reason: 'sent twice' })).status).toBe(201);
    const hold = await service.post('/v1/transactions', {
      postings: [{ from: '@bank', to: alice, amount: '1.00', currency: 'EUR' }],
      pending: true,
    });
    const held = `/v1/transactions/${String(hold.body['transactionId'])}`;
    expect((await service.post(`${held}/reversal`)).body.code).toBe('TransactionNotPosted');
  });

  it('answers a dry run and writes nothing', async () => {
    await deposit(alice, '10.00');
    const dry = await service.post('/v1/transfers?dryRun=true', {
      from: alice,
      to: bob,
      amount: '10.00',
      currency: 'EUR',
    });
    expect(dry.status).toBe(200);
    expect(dry.body['balances']).toEqual([balance(alice, '0.00'), balance(bob, '10.00')]);
    expect(dry.headers.get('daybook-position')).toBe(dry.body.position);
    expect((await withdraw(alice, '10.00')).status).toBe(201);
    const refused = await service.post('/v1/transfers?dryRun=true', {
      from: alice,
      to: bob,
      amount: '0.01',
      currency: 'EUR',
    });
    expect(refused.body.code).toBe('InsufficientFunds');
  });
});

describe('identity', () => {
  it('applies ten identical concurrent requests once, all with the same answer', async () => {
    for (const how of ['transactionId', 'Idempotency-Key'] as const) {
      const id = unique('t');
      const one = () =>
        how === 'transactionId'
          ? deposit(alice, '1.00', { transactionId: id })
          : deposit(alice, '1.00', {}, { 'idempotency-key': id });
      const answers = await Promise.all(Array.from({ length: 10 }, one));
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
      const bodies = new Set(answers.map(({ body }) => JSON.stringify({ ...body, position: 0 })));
      expect(bodies.size).toBe(1);
      const replayed = answers.filter((a) => a.headers.get('idempotent-replayed') === 'true');
      expect(replayed).toHaveLength(9);
    }
    expect((await deposit(alice, '1.00')).body['balances']).toEqual([balance(alice, '3.00')]);
  });

  it('refuses an identity that was used for something else', async () => {
    const key = unique('key');
    const reused = { status: 422, code: 'IdempotencyKeyReused' };
    await deposit(alice, '1.00', {}, { 'idempotency-key': key });
    expect((await deposit(alice, '1.01', {}, { 'idempotency-key': key })).body).toMatchObject(
      reused,
    );
    expect((await deposit(bob, '1.00', {}, { 'idempotency-key': key })).body).toMatchObject(reused);
    const freeze = `/v1/accounts/${alice}/freeze`;
    expect((await service.post(freeze, {}, { 'idempotency-key': key })).body).toMatchObject(reused);
    const opening = await service.post(
      '/v1/accounts',
      { currency: 'EUR' },
      { 'idempotency-key': key },
    );
    expect(opening.body).toMatchObject(reused);
    const transactionId = unique('t');
    expect((await deposit(alice, '1.00', { transactionId })).status).toBe(201);
    expect((await deposit(alice, '2.00', { transactionId })).body).toMatchObject(reused);
    expect((await deposit(alice, '1', { transactionId })).status).toBe(200);
  });

  it('answers a keyed command to an account again, whatever became of the account', async () => {
    const headers = { 'idempotency-key': unique('freeze') };
    const freeze = () => service.post(`/v1/accounts/${alice}/freeze`, {}, headers);
    expect((await freeze()).status).toBe(201);
    await service.post(`/v1/accounts/${alice}/unfreeze`);
    const again = await freeze();
    expect([again.status, again.body['status']]).toEqual([200, 'frozen']);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await deposit(alice, '1.00')).status).toBe(201);
  });

  it('remembers effects only: a refused command may be tried again', async () => {
    const transactionId = unique('t');
    expect((await withdraw(alice, '1.00', { transactionId })).status).toBe(422);
    await deposit(alice, '1.00');
    expect((await withdraw(alice, '1.00', { transactionId })).status).toBe(201);
  });
});

import { problemTable } from '@daybook/platform';
import {
  startStore,
  startTested,
  unique,
  type TestedService,
} from './testing/command-service.fixture';

let store: Awaited<ReturnType<typeof startStore>>;
let service: TestedService;
let alice: string;

beforeAll(async () => {
  store = await startStore();
  service = await startTested(store.url);
  alice = unique('alice');
  await service.post('/v1/accounts', { accountId: alice, currency: 'EUR' });
  await service.post(`/v1/accounts/${alice}/deposits`, { amount: '5.00', currency: 'EUR' });
});
afterAll(async () => {
  const { body } = await service.post(`/v1/accounts/${alice}/withdrawals?dryRun=true`, {
    amount: '5.00',
    currency: 'EUR',
  });
  // Whatever was refused above has left the account as it was.
  expect(body).toMatchObject({ balances: [{ posted: '0.00', held: '0.00' }] });
  await service.stop();
  await store.stop();
});

type Case = readonly [what: string, code: string, path: string, body: unknown, headers?: object];

const money = { amount: '1.00', currency: 'EUR' };
const pay = (more: object) => ({ ...money, ...more });
const deposits = () => `/v1/accounts/${alice}/deposits`;
const posting = (more: object = {}) => ({ from: 'a', to: 'b', ...money, ...more });
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

const amounts: Case[] = [
  ['zero', 'InvalidAmount', '', pay({ amount: '0' })],
  ['zero with digits', 'InvalidAmount', '', pay({ amount: '0.00' })],
  ['negative', 'InvalidAmount', '', pay({ amount: '-1.00' })],
  ['over-precise', 'InvalidAmount', '', pay({ amount: '1.001' })],
  ['gigantic', 'InvalidAmount', '', pay({ amount: '9'.repeat(500) })],
  ['beyond 10^15 minor units', 'InvalidAmount', '', pay({ amount: '10000000000000.01' })],
  ['a word', 'InvalidAmount', '', pay({ amount: 'ten' })],
  ['an exponent', 'InvalidAmount', '', pay({ amount: '1e2' })],
  ['empty', 'InvalidAmount', '', pay({ amount: '' })],
  ['with a space', 'InvalidAmount', '', pay({ amount: ' 1.00' })],
  ['with a line end', 'InvalidAmount', '', pay({ amount: '1.00\n' })],
  ['a number', 'InvalidRequest', '', pay({ amount: 1 })],
  ['null', 'InvalidRequest', '', pay({ amount: null })],
  ['missing', 'InvalidRequest', '', { currency: 'EUR' }],
];

const fields: Case[] = [
  ['an unknown currency', 'UnknownCurrency', '', pay({ currency: 'XXX' })],
  ['a currency in lower case', 'UnknownCurrency', '', pay({ currency: 'eur' })],
  ['a currency of the prototype', 'UnknownCurrency', '', pay({ currency: 'constructor' })],
  ['a currency that is a number', 'InvalidRequest', '', pay({ currency: 978 })],
  ['an unknown field', 'InvalidRequest', '', pay({ ammount: '1' })],
  ['a field of another route', 'InvalidRequest', '', pay({ pending: true })],
  ['a query parameter', 'InvalidRequest', '?verbose=1', money],
  ['a dry run spelt otherwise', 'InvalidRequest', '?dryrun=true', money],
  ['a dry run of 1', 'InvalidRequest', '?dryRun=1', money],
  ['two dry runs', 'InvalidRequest', '?dryRun=true&dryRun=true', money],
  ['an id in upper case', 'InvalidId', '', pay({ transactionId: 'T1' })],
  ['an id of the server', 'InvalidId', '', pay({ transactionId: '_t1' })],
  ['an id with a slash', 'InvalidId', '', pay({ transactionId: 'a/b' })],
  ['an id with a tilde', 'InvalidId', '', pay({ transactionId: 'a~b' })],
  ['an id that is too long', 'InvalidId', '', pay({ transactionId: 'a'.repeat(101) })],
  ['an id that is empty', 'InvalidId', '', pay({ transactionId: '' })],
  ['an id with a line end', 'InvalidId', '', pay({ transactionId: 'a\n' })],
  ['an id with other letters', 'InvalidId', '', pay({ transactionId: 'ä' })],
  ['an odd rail', 'InvalidId', '', pay({ source: '@BANK' })],
  ['a date only', 'InvalidRequest', '', pay({ effectiveAt: '2026-01-01' })],
  ['an instant without offset', 'InvalidRequest', '', pay({ effectiveAt: '2026-01-01T00:00:00' })],
  ['a day that does not exist', 'InvalidRequest', '', pay({ effectiveAt: '2026-02-30T00:00:00Z' })],
  ['a far future', 'EffectiveInFuture', '', pay({ effectiveAt: '2999-01-01T00:00:00Z' })],
  ['a reference too long', 'InvalidRequest', '', pay({ reference: 'x'.repeat(1_001) })],
  ['metadata too deep', 'InvalidRequest', '', pay({ metadata: { a: nested(9) } })],
  ['metadata far too deep', 'InvalidRequest', '', pay({ metadata: { a: nested(3_000) } })],
  ['metadata too large', 'InvalidRequest', '', pay({ metadata: { a: 'x'.repeat(17_000) } })],
  ['metadata that is a list', 'InvalidRequest', '', pay({ metadata: [] })],
  ['a list', 'InvalidRequest', '', []],
  ['nothing', 'InvalidRequest', '', undefined],
  ['null', 'InvalidRequest', '', 'null'],
  ['half a body', 'InvalidRequest', '', '{"amount": "1.00"'],
  ['no JSON', 'InvalidRequest', '', 'amount=1.00'],
  ['a prototype', 'InvalidRequest', '', '{"__proto__": {"amount": "1"}}'],
  ['an amount given twice', 'InvalidRequest', '', '{"amount":"1","amount":"2","currency":"EUR"}'],
  ['a body of text', 'UnsupportedMediaType', '', 'x', { 'content-type': 'text/plain' }],
  ['a stream', 'UnsupportedMediaType', '', '{}', { 'content-type': 'application/x-ndjson' }],
  ['a body too large', 'RequestTooLarge', '', JSON.stringify({ x: 'x'.repeat(2_000_000) })],
  ['another currency', 'CurrencyMismatch', '', pay({ currency: 'USD' })],
  ['an empty key', 'InvalidRequest', '', money, { 'idempotency-key': '' }],
  ['a long key', 'InvalidRequest', '', money, { 'idempotency-key': 'k'.repeat(256) }],
  ['an odd key', 'InvalidRequest', '', money, { 'idempotency-key': 'k\u00e9' }],
  ['two identities', 'InvalidRequest', '', pay({ transactionId: 'b' }), { 'idempotency-key': 'a' }],
];

const status = (code: string) => problemTable[code as keyof typeof problemTable].status;

it.each([...amounts, ...fields].map((each) => ({ what: each[0], each })))(
  'refuses a deposit of $what',
  async ({ each }) => {
    const [, code, query, body, headers] = each;
    const answer = await service.post(deposits() + query, body, headers);
    expect(answer.body).toMatchObject({ code, status: status(code) });
    expect(answer.status).toBe(status(code));
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  },
);

const elsewhere: readonly [string, string, string, string, unknown?][] = [
  ['an account that does not exist', 'AccountNotFound', 'POST', '/v1/accounts/no-such/freeze', {}],
  ['an account in upper case', 'InvalidId', 'POST', '/v1/accounts/ALICE/deposits', money],
  ['a rail as an account', 'InvalidId', 'POST', '/v1/accounts/@cash/deposits', money],
  ['an encoded slash', 'InvalidId', 'POST', '/v1/accounts/a%2fb/deposits', money],
  ['a zero byte', 'InvalidId', 'POST', '/v1/accounts/a%00/deposits', money],
  ['a broken escape', 'InvalidRequest', 'POST', '/v1/accounts/%zz/deposits', money],
  ['an id too long', 'InvalidId', 'POST', `/v1/accounts/${'a'.repeat(101)}/deposits`, money],
  ['an id far too long', 'InvalidId', 'POST', `/v1/accounts/${'a'.repeat(9_000)}/freeze`, {}],
  ['a missing other side', 'AccountNotFound', 'POST', '/v1/transfers', posting()],
  ['the same account', 'SameAccount', 'POST', '/v1/transfers', posting({ to: 'a' })],
  ['two rails', 'InvalidRequest', 'POST', '/v1/transfers', posting({ from: '@a', to: '@b' })],
  ['no postings', 'InvalidRequest', 'POST', '/v1/transactions', { postings: [] }],
  [
    'too many postings',
    'InvalidRequest',
    'POST',
    '/v1/transactions',
    { postings: Array.from({ length: 1_001 }, () => posting()) },
  ],
  [
    'an expiry of nothing pending',
    'InvalidRequest',
    'POST',
    '/v1/transactions',
    { postings: [posting()], expiresAt: '2999-01-01T00:00:00Z' },
  ],
  [
    'an expiry that lies in the past',
    'ExpiryInPast',
    'POST',
    '/v1/transactions',
    { postings: [posting()], pending: true, expiresAt: '2020-01-01T00:00:00Z' },
  ],
  ['an unknown transaction', 'TransactionNotFound', 'POST', '/v1/transactions/no-such/void'],
  [
    'two kinds of amounts',
    'InvalidRequest',
    'POST',
    '/v1/transactions/x/capture',
    { amount: '1', amounts: ['1'] },
  ],
  [
    'force without a reason',
    'InvalidRequest',
    'POST',
    '/v1/transactions/x/reversal',
    { force: true },
  ],
  ['an odd scope', 'InvalidRequest', 'POST', '/v1/accounts/a/freeze', { scope: 'credits' }],
  ['null where a body may be left out', 'InvalidRequest', 'POST', '/v1/accounts/a/freeze', 'null'],
  [
    'a negative overdraft limit',
    'InvalidAmount',
    'POST',
    '/v1/accounts',
    { currency: 'EUR', overdraftLimit: '-1' },
  ],
  [
    'a limit that is a word',
    'InvalidAmount',
    'PATCH',
    '/v1/accounts/a',
    { limits: { perDay: 'lots' } },
  ],
  [
    'an overdraft limit that is a word',
    'InvalidAmount',
    'PATCH',
    '/v1/accounts/a',
    { overdraftLimit: 'lots' },
  ],
  ['an unknown limit', 'InvalidRequest', 'PATCH', '/v1/accounts/a', { limits: { perYear: '1' } }],
  ['an unknown route', 'NotFound', 'POST', '/v1/account', {}],
  ['the root', 'NotFound', 'GET', '/'],
  ['a slash at the end', 'NotFound', 'POST', '/v1/transfers/', posting()],
  ['another method', 'MethodNotAllowed', 'DELETE', '/v1/accounts/a'],
];

it.each(elsewhere.map((each) => ({ what: each[0], each })))('refuses $what', async ({ each }) => {
  const [, code, method, path, body] = each;
  const answer = await service.send(method, path, body);
  expect(answer.body).toMatchObject({ code, status: status(code) });
  expect(answer.status).toBe(status(code));
});

it('names what is wrong, where', async () => {
  const { body } = await service.post('/v1/transactions', {
    postings: [posting(), posting({ amount: '-1' }), posting({ amount: '1.234', extra: 1 })],
  });
  expect(body).toMatchObject({
    type: 'urn:daybook:problem:InvalidRequest',
    errors: [
      { path: 'postings.1.amount', message: 'must be above zero' },
      { path: 'postings.2.extra', message: 'is not supported' },
      { path: 'postings.2.amount', message: 'has more digits than the currency' },
    ],
  });
});

it('tells which methods a path takes', async () => {
  const answer = await service.send('GET', '/v1/transfers');
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

it('names the posting that broke a rule', async () => {
  const { body } = await service.post('/v1/transactions', {
    postings: [
      { from: '@bank', to: alice, ...money },
      { from: alice, to: '@bank', amount: '6.01', currency: 'EUR' },
    ],
  });
  expect(body).toMatchObject({ code: 'InsufficientFunds', posting: 1, available: '6.00' });
});

it('refuses what would leave the range of a balance', async () => {
  const accountId = unique('rich');
  await service.post('/v1/accounts', { accountId, currency: 'KRW' });
  const most = { from: '@bank', to: accountId, amount: '1000000000000000', currency: 'KRW' };
  const thousands = (n: number) => ({ postings: Array.from({ length: n }, () => most) });
  for (let i = 0; i < 9; i += 1) {
    expect((await service.post('/v1/transactions', thousands(1_000))).status).toBe(201);
  }
  expect((await service.post('/v1/transactions', thousands(1))).body).toMatchObject({
    status: 422,
    code: 'BalanceOutOfRange',
  });
});

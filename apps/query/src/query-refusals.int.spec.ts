import { type QueryUnderTest, startQueryUnderTest } from './testing/query-under-test.fixture';
import { january, januaryLedger } from './testing/small-ledger.fixture';

const { groups } = januaryLedger();
const middle = groups.slice(0, 4);
const reached = String(middle.at(-1)?.position);
const next = String(groups[4]?.position);

let query: QueryUnderTest;
beforeEach(async () => {
  query = await startQueryUnderTest(300);
  await query.project(middle);
}, 60_000);
afterEach(() => query.stop(), 30_000);

const codeOf = async (...args: Parameters<QueryUnderTest['ask']>) => {
  const { errors } = await query.ask(...args);
  return errors?.[0]?.extensions['code'];
};

describe('refusals', () => {
  it('have stable codes', async () => {
    const many = JSON.stringify(Array.from({ length: 501 }, (_, i) => `a${i}`));
    const cursor = (await query.ask('{ accounts(first: 1) { edges { cursor } } }')).data.accounts
      .edges[0].cursor;
    const account = (below: string) => `{ account(id: "alice") { ${below} } }`;
    const range = (from: string, to: string) =>
      account(`balanceHistory(from: "${from}", to: "${to}", interval: HOUR) { at }`);
    const deep = 'reversalOf { '.repeat(20) + 'id' + ' }'.repeat(20);
    const cases: [string, string][] = [
      ['BAD_USER_INPUT', '{ accounts(first: 501) { totalCount } }'],
      ['BAD_USER_INPUT', '{ accounts(last: 501) { totalCount } }'],
      ['BAD_USER_INPUT', '{ transactions(first: 2000000000) { edges { cursor } } }'],
      ['BAD_USER_INPUT', '{ accounts(first: -1) { totalCount } }'],
      ['BAD_USER_INPUT', '{ accounts(first: "ten") { totalCount } }'],
      ['BAD_USER_INPUT', '{ accounts(after: "x") { totalCount } }'],
      ['BAD_USER_INPUT', `{ transactions(before: "${cursor}") { totalCount } }`],
      ['BAD_USER_INPUT', '{ trialBalance(first: 501) { position } }'],
      ['BAD_USER_INPUT', '{ trialBalance(after: "") { position } }'],
      ['BAD_USER_INPUT', `{ accounts(filter: { ids: ${many} }) { totalCount } }`],
      ['BAD_USER_INPUT', `{ transactions(filter: { ids: ${many} }) { totalCount } }`],
      ['BAD_USER_INPUT', '{ transactions(filter: { kind: GIFT }) { totalCount } }'],
      ['BAD_USER_INPUT', '{ account(id: "alice", asOf: "31 March") { id } }'],
      ['BAD_USER_INPUT', '{ account(id: "alice", knownAt: "2026-02-30T00:00:00Z") { id } }'],
      ['BAD_USER_INPUT', '{ account(id: "alice", minPosition: "soon") { id } }'],
      ['BAD_USER_INPUT', '{ account(id: "alice", minPosition: "99999999999999999999") { id } }'],
      ['BAD_USER_INPUT', account('entries(first: 501) { totalCount }')],
      ['BAD_USER_INPUT', account(`entries(after: "${cursor}") { totalCount }`)],
      ['BAD_USER_INPUT', range(january(2), january(1))],
      ['BAD_USER_INPUT', range('2000-01-01T00:00:00Z', '2026-01-01T00:00:00Z')],
      ['QUERY_TOO_COMPLEX', `{ transaction(id: "salary") { ${deep} } }`],
      [
        'QUERY_TOO_COMPLEX',
        '{ accounts(first: 500) { edges { node { entries(first: 500) { edges { cursor } } } } } }',
      ],
      [
        'QUERY_TOO_COMPLEX',
        `{ accounts(first: 500) { edges { node { balanceHistory(from: "2026-01-01T00:00:00Z",
          to: "2026-12-31T00:00:00Z", interval: DAY) { at } } } } }`,
      ],
      ['GRAPHQL_VALIDATION_FAILED', '{ nothing }'],
      ['GRAPHQL_VALIDATION_FAILED', '{ account { id } }'],
      ['BAD_USER_INPUT', 'mutation { account }'],
      ['GRAPHQL_PARSE_FAILED', '{'],
    ];
    for (const [code, text] of cases) expect([await codeOf(text), text]).toEqual([code, text]);
  });

  it('have the same code for a wrong value in a variable', async () => {
    const asOf = 'query ($at: DateTime) { account(id: "alice", asOf: $at) { id } }';
    expect(await codeOf(asOf, { at: 'noon' })).toBe('BAD_USER_INPUT');
    const first = 'query ($n: Int) { accounts(first: $n) { totalCount } }';
    expect(await codeOf(first, { n: 'ten' })).toBe('BAD_USER_INPUT');
    expect(await codeOf(first, { n: 501 })).toBe('BAD_USER_INPUT');
    const required = 'query ($id: ID!) { account(id: $id) { id } }';
    expect(await codeOf(required)).toBe('BAD_USER_INPUT');
    expect(await codeOf(required, { id: null })).toBe('BAD_USER_INPUT');
    const preset = 'query ($id: ID = "alice") { account(id: $id) { id } }';
    expect(await codeOf(preset)).toBeUndefined();
    expect(await codeOf(preset, { id: null })).toBe('BAD_USER_INPUT');
  });

  it('count the defaults of variables', async () => {
    const below = 'edges { node { entries(first: 500) { edges { cursor } } } }';
    const query = `query ($n: Int = 500) { accounts(first: $n) { ${below} } }`;
    expect(await codeOf(query)).toBe('QUERY_TOO_COMPLEX');
    expect(await codeOf(query, { n: 1 })).toBeUndefined();
  });

  it('of a rail with several currencies name them', async () => {
    const ledger = januaryLedger();
    const credit = { account: 'kim', type: 'AccountCredited', amount: '500' } as const;
    ledger.post(
      { id: 'won', kind: 'deposit' },
      january(26),
      [{ ...credit, counterparty: '@bank', balanceAfter: '500' }],
      [{ from: '@bank', to: 'kim', amount: '500', currency: 'KRW' }],
    );
    await query.project(ledger.groups);
    const { data, errors } = await query.ask('{ account(id: "@bank") { id } }');
    expect(data).toEqual({ account: null });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('@bank:EUR, @bank:KRW'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const { account } = (await query.ask('{ account(id: "@bank:KRW") { balance { amount } } }'))
      .data;
    expect(account.balance.amount).toBe('-500');
  });
});

describe('a persisted query', () => {
  it('whose hash is not its own is bad input', async () => {
    const persistedQuery = { version: 1, sha256Hash: 'f'.repeat(64) };
    const response = await fetch(`${query.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery } }),
    });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: unknown };
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('minPosition', () => {
  const text = 'query ($p: String) { account(id: "alice", minPosition: $p) { position } }';

  it('that is reached is answered, as argument or header', async () => {
    for (const p of ['0', reached]) {
      expect((await query.ask(text, { p })).data.account.position).toBe(reached);
      const header = await query.ask(text, {}, { 'Daybook-Min-Position': p });
      expect(header.data.account.position).toBe(reached);
    }
  });

  it('that is not reached in time says how far the views are', async () => {
    const answers = [
      await query.ask(text, { p: next }),
      await query.ask(text, {}, { 'daybook-min-position': next }),
      await query.ask(text, { p: '0' }, { 'daybook-min-position': next }),
    ];
    for (const { data, errors } of answers) {
      expect(data).toEqual({ account: null });
      expect(errors?.[0]?.extensions).toEqual({
        code: 'NOT_YET_PROJECTED',
        minPosition: next,
        position: reached,
      });
    }
  });

  it('waits for what is on its way', async () => {
    const waiting = query.ask(text, { p: next });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await query.project(groups.slice(4, 5));
    expect((await waiting).data).toEqual({ account: { position: next } });
  });

  it('of an empty ledger is reached at once, as it is answered there', async () => {
    const empty = await startQueryUnderTest(300);
    try {
      const { position } = (await empty.ask('{ trialBalance { position } }')).data.trialBalance;
      const again = await empty.ask(
        'query ($p: String) { trialBalance(minPosition: $p) { position } }',
        { p: position },
      );
      expect(again.data).toEqual({ trialBalance: { position } });
      const { errors } = await empty.ask(text, { p: next });
      expect(errors?.[0]?.extensions['position']).toBe(position);
    } finally {
      await empty.stop();
    }
  }, 60_000);

  it('in a header that is no position is bad input', async () => {
    const headers = { 'Daybook-Min-Position': 'soon' };
    expect(await codeOf('{ transaction(id: "salary") { id } }', {}, headers)).toBe(
      'BAD_USER_INPUT',
    );
  });
});

describe('a store that is down', () => {
  it('is told by a stable code and nothing else', async () => {
    if (!(await query.stopStore())) return;
    const { errors, data } = await query.ask('{ account(id: "alice") { id } }');
    expect(data).toEqual({ account: null });
    expect(errors?.[0]).toEqual({
      message: 'the views cannot be read now',
      locations: [{ line: 1, column: 3 }],
      path: ['account'],
      extensions: { code: 'STORE_UNAVAILABLE' },
    });
    expect((await fetch(`${query.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${query.url}/health/live`)).status).toBe(200);
  }, 30_000);
});

describe('a browser', () => {
  it('gets GraphiQL at /graphql, from local files alone', async () => {
    const page = await fetch(`${query.url}/graphql`, { headers: { accept: 'text/html,*/*' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    const paths = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(paths).toHaveLength(5);
    for (const path of paths) {
      const file = await fetch(`${query.url}${path}`);
      expect([path, file.status]).toEqual([path, 200]);
      const etag = file.headers.get('etag') ?? '';
      const again = await fetch(`${query.url}${path}`, { headers: { 'if-none-match': etag } });
      expect(again.status).toBe(304);
    }
  });

  it('cannot be made to ask by another site', async () => {
    const simple = await fetch(`${query.url}/graphql?query={__typename}`);
    expect(simple.status).toBe(400);
  });
});

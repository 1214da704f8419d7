import { buildClientSchema, buildSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type QueryUnderTest, startQueryUnderTest } from './testing/query-under-test.fixture';
import { january, januaryLedger } from './testing/small-ledger.fixture';

const { groups } = januaryLedger();
const end = String(groups.at(-1)?.position);
const eur = (amount: string, minorUnits: string) => ({ amount, minorUnits, currency: 'EUR' });
const money = '{ amount minorUnits currency }';

let query: QueryUnderTest;
beforeAll(async () => {
  query = await startQueryUnderTest();
  await query.project(groups);
}, 60_000);
afterAll(() => query.stop(), 30_000);

async function data(text: string, variables?: Record<string, unknown>) {
  const answer = await query.ask(text, variables);
  expect(answer.errors).toBeUndefined();
  expect(answer.status).toBe(200);
  return answer.data;
}

describe('the schema', () => {
  it('is served to the letter', async () => {
    const served = printSchema(buildClientSchema(await data(getIntrospectionQuery())));
    const golden = readFileSync(join(__dirname, 'schema/schema.golden.graphql'), 'utf8');
    expect(served).toBe(printSchema(buildSchema(golden)));
  });
});

describe('an account', () => {
  const all = `id name currency status openedAt revision overdraftLimit ${money}
    balance ${money} held ${money} available ${money} position final`;

  it('has every field', async () => {
    const { account } = await data(`{ account(id: "alice") { ${all} } }`);
    expect(account).toEqual({
      id: 'alice',
      name: 'Alice',
      currency: 'EUR',
      status: 'OPEN',
      openedAt: january(1),
      revision: 5,
      overdraftLimit: eur('50.00', '5000'),
      balance: eur('101.00', '10100'),
      held: eur('30.00', '3000'),
      available: eur('121.00', '12100'),
      position: end,
      final: false,
    });
  });

  it('without limit has no available balance, and its currency its own digits', async () => {
    const { account, kim } = await data(`{
      account(id: "bob") { name status overdraftLimit ${money} available ${money} }
      kim: account(id: "kim") { balance ${money} }
    }`);
    expect(account).toEqual({
      name: null,
      status: 'FROZEN',
      overdraftLimit: null,
      available: null,
    });
    expect(kim.balance).toEqual({ amount: '0', minorUnits: '0', currency: 'KRW' });
  });

  it('that is unknown is null', async () => {
    expect(await data('{ account(id: "nobody") { id } b: account(id: "@none") { id } }')).toEqual({
      account: null,
      b: null,
    });
  });

  it('was not there before it was known, but asOf never hides it', async () => {
    const answer = await data(
      `query ($before: DateTime!) {
        unknown: account(id: "alice", knownAt: $before) { id }
        empty: account(id: "alice", asOf: $before) { balance { amount } held { amount } }
      }`,
      { before: '2025-12-31T00:00:00Z' },
    );
    expect(answer).toEqual({
      unknown: null,
      empty: { balance: { amount: '0.00' }, held: { amount: '0.00' } },
    });
  });

  it('travels in effective and recorded time, both inclusive', async () => {
    const at = (asOf: string | null, knownAt: string | null) =>
      data(
        `query ($asOf: DateTime, $knownAt: DateTime) {
          account(id: "alice", asOf: $asOf, knownAt: $knownAt) { balance { amount } final }
        }`,
        { asOf, knownAt },
      ).then(({ account }) => [account.balance.amount, account.final]);
    expect(await at(january(5), null)).toEqual(['101.00', false]);
    expect(await at('2026-01-04T23:59:59.999Z', null)).toEqual(['100.00', false]);
    expect(await at(january(11), january(11))).toEqual(['74.50', true]);
    expect(await at(january(11), january(12))).toEqual(['75.50', true]);
    expect(await at(null, '2026-01-15T01:00:00+01:00')).toEqual(['101.00', true]);
    expect(await at(null, january(25))).toEqual(['101.00', false]);
    expect(await at(null, '2030-01-01T00:00:00Z')).toEqual(['101.00', false]);
  });

  it('shows holds, status and limits as they were recorded', async () => {
    const { before, after, bob } = await data(
      `query ($a: DateTime, $b: DateTime) {
        before: account(id: "alice", asOf: $a) { held { amount } }
        after: account(id: "alice", knownAt: $b) { held { amount } position }
        bob: account(id: "bob", knownAt: $b) { status revision }
      }`,
      { a: january(19), b: january(20) },
    );
    expect(before.held.amount).toBe('0.00');
    expect(after.held.amount).toBe('30.00');
    expect(after.position).toBe(String(groups.at(-2)?.position));
    expect(bob).toEqual({ status: 'OPEN', revision: 2 });
  });

  it('outside the ledger is the sum over its shares', async () => {
    const { account, short } = await data(`{
      account(id: "@bank:EUR") { ${all} }
      short: account(id: "@bank") { id entries { totalCount edges { node { counterparty } } } }
    }`);
    expect(account).toMatchObject({
      id: '@bank:EUR',
      name: null,
      status: 'OPEN',
      openedAt: null,
      revision: null,
      overdraftLimit: null,
      balance: eur('-100.00', '-10000'),
      held: eur('0.00', '0'),
      available: null,
    });
    expect(short).toEqual({
      id: '@bank:EUR',
      entries: { totalCount: 1, edges: [{ node: { counterparty: 'alice' } }] },
    });
  });
});

describe('entries', () => {
  const entries = (args: string, at = '') => `{ account(id: "alice"${at}) { entries${args} {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id transactionId amount { amount } balanceAfter { amount } counterparty
      effectiveAt recordedAt transaction { id status } } } } } }`;
  const list = async (args: string, at = '') => (await data(entries(args, at))).account.entries;
  const brief = (connection: { edges: { node: Record<string, { amount: string }> }[] }) =>
    connection.edges.map(({ node }) => [node['transactionId'], node['balanceAfter']?.amount]);

  it('stand in the order of effective time, with the running sum in that order', async () => {
    const page = await list('');
    expect(page.totalCount).toBe(4);
    expect(page.edges[1].node).toMatchObject({
      transactionId: 'found-late',
      amount: { amount: '1.00' },
      balanceAfter: { amount: '101.00' },
      counterparty: '@cash',
      effectiveAt: january(5),
      recordedAt: january(12),
      transaction: { id: 'found-late', status: 'POSTED' },
    });
    expect(brief(page)).toEqual([
      ['salary', '100.00'],
      ['found-late', '101.00'],
      ['rent', '75.50'],
      ['rent-back', '101.00'],
    ]);
  });

  it('and all below them stand at the moment of the root', async () => {
    const page = await list('', `, knownAt: "${january(11)}"`);
    expect(brief(page)).toEqual([
      ['salary', '100.00'],
      ['rent', '74.50'],
    ]);
    expect(page.edges[1].node.transaction.status).toBe('POSTED');
    const later = await list('', `, asOf: "${january(11)}"`);
    expect(brief(later).map(([id]) => id)).toEqual(['salary', 'found-late', 'rent']);
    expect(later.edges[2].node.transaction.status).toBe('REVERSED');
  });

  it('are cut by from, inclusive, and to, exclusive', async () => {
    const page = await list(`(from: "${january(5)}", to: "${january(15)}")`);
    expect(brief(page)).toEqual([
      ['found-late', '101.00'],
      ['rent', '75.50'],
    ]);
    expect(page.totalCount).toBe(2);
  });

  it('page forward and backward to the same list', async () => {
    const whole = (await list('')).edges.map(({ cursor }: { cursor: string }) => cursor);
    const first = await list('(first: 3)');
    expect(first.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: whole[0],
      endCursor: whole[2],
    });
    const next = await list(`(first: 3, after: "${whole[2]}")`);
    expect(brief(next)).toEqual([['rent-back', '101.00']]);
    expect(next.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const last = await list('(last: 1)');
    expect(brief(last)).toEqual([['rent-back', '101.00']]);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const before = await list(`(last: 2, before: "${whole[3]}")`);
    expect(brief(before)).toEqual([
      ['found-late', '101.00'],
      ['rent', '75.50'],
    ]);
    const none = await list('(first: 0)');
    expect(none).toMatchObject({ totalCount: 4, edges: [], pageInfo: { startCursor: null } });
  });
});

describe('the history of a balance', () => {
  const history = async (from: string, to: string, interval: string, at = '') => {
    const { account } = await data(`{ account(id: "alice"${at}) {
      balanceHistory(from: "${from}", to: "${to}", interval: ${interval}) { at balance { amount } }
    } }`);
    return account.balanceHistory.map((point: { at: string; balance: { amount: string } }) => [
      point.at,
      point.balance.amount,
    ]);
  };

  it('has the balance at the end of each interval', async () => {
    expect(await history(january(4), january(7), 'DAY')).toEqual([
      ['2026-01-04T23:59:59.999Z', '100.00'],
      ['2026-01-05T23:59:59.999Z', '101.00'],
      ['2026-01-06T23:59:59.999Z', '101.00'],
    ]);
    expect(await history(january(1), january(2), 'YEAR')).toEqual([
      ['2026-12-31T23:59:59.999Z', '101.00'],
    ]);
    expect(await history(january(9, 23), january(10, 1), 'HOUR')).toEqual([
      ['2026-01-09T23:59:59.999Z', '101.00'],
      ['2026-01-10T00:59:59.999Z', '75.50'],
    ]);
  });

  it('as of an earlier time stays at what counted then', async () => {
    const at = `, asOf: "${january(3)}"`;
    expect(await history('2025-12-15T00:00:00Z', january(20), 'MONTH', at)).toEqual([
      ['2025-12-31T23:59:59.999Z', '0.00'],
      ['2026-01-31T23:59:59.999Z', '100.00'],
    ]);
  });
});

describe('a transaction', () => {
  const all = `id kind status postings { from to amount ${money} } effectiveAt recordedAt reference
    metadata reversalOf { id } reversedBy { id reversalOf { id } }`;

  it('has every field', async () => {
    const { transaction } = await data(`{ transaction(id: "salary") { ${all} } }`);
    expect(transaction).toEqual({
      id: 'salary',
      kind: 'DEPOSIT',
      status: 'POSTED',
      postings: [{ from: '@bank', to: 'alice', amount: eur('100.00', '10000') }],
      effectiveAt: january(2),
      recordedAt: january(2),
      reference: 'January',
      metadata: { month: 1, tags: ['pay'] },
      reversalOf: null,
      reversedBy: null,
    });
  });

  it('and its reversal name each other', async () => {
    const answer = await data(`{
      transaction(id: "rent") { ${all} } back: transaction(id: "rent-back") { ${all} }
      hold: transaction(id: "hold") { status } none: transaction(id: "none") { id }
    }`);
    expect(answer.transaction).toMatchObject({
      status: 'REVERSED',
      reference: null,
      metadata: null,
      reversedBy: { id: 'rent-back', reversalOf: { id: 'rent' } },
    });
    expect(answer.back).toMatchObject({ kind: 'REVERSAL', reversalOf: { id: 'rent' } });
    expect(answer.hold).toEqual({ status: 'PENDING' });
    expect(answer.none).toBeNull();
  });
});

describe('lists', () => {
  const ids = (connection: { edges: { node: { id: string } }[] }) =>
    connection.edges.map(({ node }) => node.id);

  it.each([
    ['', ['alice', 'bob', 'kim']],
    ['(filter: { currency: "EUR" })', ['alice', 'bob']],
    ['(filter: { ownerId: "owner-2" })', ['bob', 'kim']],
    ['(filter: { ids: ["kim", "alice", "x"] })', ['alice', 'kim']],
    ['(filter: { status: FROZEN })', ['bob']],
    ['(filter: { status: [OPEN, CLOSED] })', ['alice', 'kim']],
    [`(filter: { status: OPEN }, knownAt: "${january(24)}")`, ['alice', 'bob', 'kim']],
    [`(knownAt: "${january(1)}")`, ['alice']],
    ['(last: 1)', ['kim']],
  ])('accounts%s', async (args, expected) => {
    const { accounts } = await data(`{ accounts${args} { totalCount edges { node { id } } } }`);
    expect(ids(accounts)).toEqual(expected);
    expect(accounts.totalCount).toBe(args === '(last: 1)' ? 3 : expected.length);
  });

  it.each([
    ['', ['salary', 'found-late', 'rent', 'rent-back', 'hold']],
    ['(filter: { account: "bob" })', ['rent', 'rent-back', 'hold']],
    ['(filter: { account: "@cash" })', ['found-late']],
    ['(filter: { account: "@cash:EUR" })', ['found-late']],
    ['(filter: { kind: [DEPOSIT, REVERSAL] })', ['salary', 'found-late', 'rent-back']],
    ['(filter: { status: REVERSED })', ['rent']],
    [`(filter: { status: POSTED }, knownAt: "${january(14)}")`, ['salary', 'found-late', 'rent']],
    [`(asOf: "${january(5)}")`, ['salary', 'found-late']],
    ['(filter: { currency: "KRW" })', []],
    ['(filter: { ids: ["rent", "x"] })', ['rent']],
    [
      `(filter: { effectiveFrom: "${january(5)}", effectiveTo: "${january(15)}" })`,
      ['found-late', 'rent'],
    ],
  ])('transactions%s', async (args, expected) => {
    const { transactions } = await data(
      `{ transactions${args} { totalCount edges { node { id } } } }`,
    );
    expect(ids(transactions)).toEqual(expected);
    expect(transactions.totalCount).toBe(expected.length);
  });
});

describe('the trial balance', () => {
  const query = (args: string) => `{ trialBalance${args} { position final
    lines { totalCount pageInfo { hasNextPage endCursor }
      edges { cursor node { account balance { amount } } } }
    totals { currency sum ${money} } } }`;
  const lines = (trialBalance: {
    lines: { edges: { node: { account: string; balance: { amount: string } } }[] };
  }) => trialBalance.lines.edges.map(({ node }) => [node.account, node.balance.amount]);

  it('has a line for each account, external ones too, and totals of zero', async () => {
    const { trialBalance } = await data(query(''));
    expect(trialBalance.position).toBe(end);
    expect(lines(trialBalance)).toEqual([
      ['@bank:EUR', '-100.00'],
      ['@cash:EUR', '-1.00'],
      ['alice', '101.00'],
      ['bob', '0.00'],
      ['kim', '0'],
    ]);
    expect(trialBalance.lines.totalCount).toBe(5);
    expect(trialBalance.totals).toEqual([{ currency: 'EUR', sum: eur('0.00', '0') }]);
  });

  it('pages its lines, totals are over all of them, at the moment asked for', async () => {
    const at = `knownAt: "${january(11)}"`;
    const first = (await data(query(`(first: 2, ${at})`))).trialBalance;
    expect(first.final).toBe(true);
    expect(lines(first)).toEqual([
      ['@bank:EUR', '-100.00'],
      ['alice', '74.50'],
    ]);
    expect(first.totals).toEqual([{ currency: 'EUR', sum: eur('0.00', '0') }]);
    const after = first.lines.pageInfo.endCursor;
    const next = (await data(query(`(first: 2, ${at}, after: "${after}")`))).trialBalance;
    expect(lines(next)).toEqual([
      ['bob', '25.50'],
      ['kim', '0'],
    ]);
    expect(next.lines.pageInfo.hasNextPage).toBe(false);
  });
});

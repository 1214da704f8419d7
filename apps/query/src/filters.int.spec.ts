import { type QueryUnderTest, startQueryUnderTest } from './testing/query-under-test.fixture';
import { january, SmallLedger } from './testing/small-ledger.fixture';

/** Three accounts that were frozen later; a rail with a hold in each of two currencies. */
function ledger(): SmallLedger {
  const told = new SmallLedger();
  for (const id of ['alice', 'bob']) told.open(id, january(1), { overdraftLimit: null });
  told.open('kim', january(1), { currency: 'KRW', overdraftLimit: null });
  hold(told, 'alice', 'in-euro', 'EUR');
  hold(told, 'kim', 'in-won', 'KRW');
  for (const id of ['alice', 'bob', 'kim']) told.freeze(id, january(3));
  return told;
}

function hold(told: SmallLedger, account: string, id: string, currency: string): void {
  const side = { account, counterparty: '@payout', amount: '100' };
  const leg = { ...side, type: 'HoldPlaced', balanceAfter: '0', heldAfter: '100' } as const;
  const posting = { from: account, to: '@payout', amount: '100', currency };
  told.post({ id, kind: 'journal' }, january(2), [leg], [posting]);
}

describe('a filter', () => {
  let query: QueryUnderTest;
  beforeAll(async () => {
    query = await startQueryUnderTest();
    await query.project(ledger().groups);
  }, 60_000);
  afterAll(() => query.stop(), 30_000);

  it('by ids and status counts those accounts alone, also as they were before a change', async () => {
    const { data } = await query.ask(
      `query ($knownAt: DateTime) {
        accounts(filter: { ids: ["alice"], status: [OPEN] }, knownAt: $knownAt) {
          totalCount edges { node { id } }
        }
      }`,
      { knownAt: january(2) },
    );
    expect(data.accounts).toEqual({ totalCount: 1, edges: [{ node: { id: 'alice' } }] });
  });

  it('by a rail finds what is only held for it, in every currency', async () => {
    const { data } = await query.ask(`{
      all: transactions(filter: { account: "@payout" }) { totalCount edges { node { id } } }
      euro: transactions(filter: { account: "@payout:EUR" }) { totalCount }
    }`);
    expect(data.all).toEqual({
      totalCount: 2,
      edges: [{ node: { id: 'in-euro' } }, { node: { id: 'in-won' } }],
    });
    expect(data.euro.totalCount).toBe(1);
  });

  it('by what can be no account finds nothing, however long it is', async () => {
    const { data } = await query.ask(
      'query ($id: ID) { transactions(filter: { account: $id }) { totalCount } }',
      { id: `@${'x'.repeat(200_000)}` },
    );
    expect(data.transactions.totalCount).toBe(0);
  });

  it('by a rail is paged over its currencies in one order', async () => {
    const page = async (window: string) => {
      const { data } = await query.ask(`{
        transactions(filter: { account: "@payout" }, ${window}) {
          edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage }
        }
      }`);
      const { edges, pageInfo } = data.transactions;
      return { ids: edges.map((edge: any) => edge.node.id), cursor: edges[0]?.cursor, pageInfo };
    };
    const first = await page('first: 1');
    expect(first.ids).toEqual(['in-euro']);
    expect(first.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false });
    const second = await page(`first: 1, after: "${first.cursor}"`);
    expect(second.ids).toEqual(['in-won']);
    expect(second.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true });
    expect((await page('last: 1')).ids).toEqual(['in-won']);
    expect((await page(`last: 5, before: "${second.cursor}"`)).ids).toEqual(['in-euro']);
  });
});

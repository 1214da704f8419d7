import { type QueryUnderTest, startQueryUnderTest } from './testing/query-under-test.fixture';
import { january, januaryLedger } from './testing/small-ledger.fixture';

let query: QueryUnderTest;
beforeAll(async () => {
  query = await startQueryUnderTest();
  const ledger = januaryLedger();
  ledger.write(january(26), [['account-alice', 'AccountEnchanted', { accountId: 'alice' }]]);
  ledger.write(january(28), [['transaction-rent', 'TransactionEnchanted', {}]]);
  ledger.open('carol', january(30));
  await query.project(ledger.groups);
}, 60_000);
afterAll(() => query.stop(), 30_000);

const incompleteAt = async (knownAt: string) => {
  const { data } = await query.ask(`{
    alice: account(id: "alice", knownAt: "${knownAt}") { incomplete }
    bob: account(id: "bob", knownAt: "${knownAt}") { incomplete }
    bank: account(id: "@bank", knownAt: "${knownAt}") { incomplete }
    totals: trialBalance(knownAt: "${knownAt}") { incomplete }
  }`);
  return Object.keys(data).filter((name) => data[name].incomplete);
};

it('says what an event that cannot be read leaves incomplete, from its recording on', async () => {
  expect(await incompleteAt(january(25))).toEqual([]);
  expect(await incompleteAt(january(27))).toEqual(['alice', 'totals']);
  expect(await incompleteAt(january(29))).toEqual(['alice', 'bank', 'totals']);
});

import fc from 'fast-check';
import { LedgerLog } from '../ledger-log.fixture';
import { randomLedgers } from '../random-ledger.fixture';
import type { LogGroup, LogRecord } from '../recorded-event';
import { LedgerLaws } from './ledger-laws';
import { RecomputedViews } from './recomputed-views';

const brokenBy = (groups: readonly LogGroup[]) => {
  const laws = new LedgerLaws();
  return groups.flatMap((group) => laws.take(group));
};

const ledger = () =>
  new LedgerLog()
    .open('alice')
    .open('bob')
    .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }])
    .post('t2', [{ from: 'alice', to: 'bob', amount: 200n }]);

/** The same log with one record changed. */
const changed = (
  groups: readonly LogGroup[],
  stream: string,
  revision: number,
  change: object,
): readonly LogGroup[] =>
  groups.map((group) => ({
    ...group,
    records: group.records.map((record) =>
      record.stream === stream && record.revision === revision
        ? ({ ...record, data: { ...(record.data as object), ...change } } as LogRecord)
        : record,
    ),
  }));

describe('the laws of the ledger', () => {
  it('hold in every log that the ledger writes', () => {
    fc.assert(fc.property(randomLedgers, ({ groups }) => expect(brokenBy(groups)).toEqual([])));
  });

  it('are broken by an amount that only one side has', () => {
    const broken = brokenBy(changed(ledger().groups, 'transaction-t1', 0, { postings: [] }));
    expect(broken).toMatchObject([{ law: 'unbalanced', stream: 'transaction-t1' }]);
    expect(broken[0]?.detail).toBe('CZK sums to 500 minor units');
  });

  it('are broken by a balance that is not the sum of its entries', () => {
    const groups = changed(ledger().groups, 'account-alice', 2, { balanceAfter: '301' });
    expect(brokenBy(groups)).toMatchObject([{ law: 'balance', stream: 'account-alice' }]);
  });

  it('are broken by a held sum that no hold explains', () => {
    const groups = changed(ledger().groups, 'account-bob', 1, { heldAfter: '1' });
    expect(brokenBy(groups)).toMatchObject([{ law: 'held', stream: 'account-bob' }]);
  });

  it('are broken by a missing record', () => {
    const groups = ledger().groups.map((group, i) =>
      i === 2 ? { ...group, records: group.records.slice(1) } : group,
    );
    expect(brokenBy(groups).map(({ law }) => law)).toEqual(['unbalanced', 'gap', 'balance']);
  });

  it('are broken by a record that nobody can read', () => {
    const { groups } = ledger().raw('account-alice', 'AccountCursed', {});
    expect(brokenBy(groups)).toMatchObject([{ law: 'unreadable', stream: 'account-alice' }]);
  });
});

describe('recomputed views', () => {
  it('balance in every currency, and count their points', () => {
    const views = new RecomputedViews();
    views.apply(ledger().groups);
    expect(views.imbalances()).toEqual([]);
    expect(views.counts).toEqual({ entries: 4, late_entries: 0, holds: 0, account_states: 2 });
    expect(views.accounts.get('alice')).toMatchObject({ posted: 300n });
  });

  it('name the currency that does not balance', () => {
    const views = new RecomputedViews();
    views.apply(changed(ledger().groups, 'transaction-t1', 0, { postings: [] }));
    expect(views.imbalances()).toEqual([{ currency: 'CZK', sum: 500n }]);
  });
});

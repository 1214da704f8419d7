import { LedgerLog } from '../ledger-log.fixture';
import { MemoryViews } from '../batch/memory-views.fixture';

const at = (iso: string) => new Date(iso);

function after(log: LedgerLog) {
  const views = new MemoryViews();
  views.apply(log.groups);
  const all = <T>(name: string) => [...(views.views[name]?.values() ?? [])] as T[];
  return { view: (name: string, id: string) => views.views[name]?.get(id), all };
}

describe('an account', () => {
  it('is what its events say', () => {
    const log = new LedgerLog()
      .open('alice', 'Alice A.')
      .open('bob')
      .post('t1', [{ from: '@bank', to: 'alice', amount: 1_000n }])
      .pend('p1', [{ from: 'alice', to: 'bob', amount: 300n }])
      .freeze('alice');
    expect(after(log).view('accounts', 'alice')).toMatchObject({
      revision: 3,
      currency: 'CZK',
      exponent: 2,
      name: 'Alice A.',
      status: 'frozen',
      freezeScope: 'all',
      overdraftLimit: null,
      posted: 1_000n,
      held: 300n,
    });
    expect(after(log).view('accounts', 'bob')).toMatchObject({ posted: 0n, incoming: 300n });
  });

  it('keeps what a change of its details does not name', () => {
    const details = (data: Record<string, unknown>) => ({
      accountId: 'alice',
      personal: { subject: 'alice', enc: 'none', data },
    });
    const log = new LedgerLog()
      .open('alice', 'Alice A.')
      .raw('account-alice', 'AccountDetailsChanged', details({ metadata: { tier: 'gold' } }));
    const gold = { name: 'Alice A.', metadata: '{"tier":"gold"}' };
    expect(after(log).view('accounts', 'alice')).toMatchObject(gold);
    log.raw('account-alice', 'AccountDetailsChanged', details({ metadata: null }));
    const none = { name: 'Alice A.', metadata: null };
    expect(after(log).view('accounts', 'alice')).toMatchObject(none);
  });

  it('keeps its conditions and its holds by position', () => {
    const log = new LedgerLog()
      .open('alice')
      .open('bob')
      .pend('p1', [{ from: 'alice', to: 'bob', amount: 300n }])
      .freeze('alice')
      .voidPending('p1');
    const { all } = after(log);
    const alice = ({ account }: { account: string }) => account === 'alice';
    expect(all<{ account: string }>('states').filter(alice)).toMatchObject([
      { revision: 0, status: 'open', position: log.groups[0]!.position },
      { revision: 2, status: 'frozen', position: log.groups[3]!.position },
    ]);
    expect(all<{ account: string }>('holds').filter(alice)).toMatchObject([
      { transactionId: 'p1', heldAfter: 300n },
      { transactionId: '_p1-void', heldAfter: 0n },
    ]);
  });

  it('has a point at every event, so that its revision can be told at any moment', () => {
    const log = new LedgerLog()
      .open('alice')
      .open('bob')
      .pend('p1', [{ from: 'alice', to: 'bob', amount: 300n }])
      .voidPending('p1')
      .post('t1', [{ from: '@bank', to: 'bob', amount: 1n }])
      .freeze('bob');
    const { all } = after(log);
    const points = ['entries', 'holds', 'states']
      .flatMap((name) => all<{ account: string; revision: number }>(name))
      .filter(({ account }) => account === 'bob');
    expect(points.map(({ revision }) => revision).sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('entries', () => {
  const march = at('2026-03-01T00:00:00.000Z');
  const february = at('2026-02-01T00:00:00.000Z');
  const log = new LedgerLog({ start: Date.UTC(2026, 3, 1) })
    .open('alice')
    .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }], { effectiveAt: march })
    .post('t2', [{ from: 'alice', to: '@bank', amount: 200n }], { effectiveAt: february });

  it('say whether they came late, and how far the account had come', () => {
    const own = after(log)
      .all<{ series: string }>('entries')
      .filter(({ series }) => series === 'alice');
    expect(own).toMatchObject([
      { amount: 500n, balanceAfter: 500n, effectiveAt: march, effectiveMax: march, late: false },
      { amount: -200n, balanceAfter: 300n, effectiveAt: february, effectiveMax: march, late: true },
    ]);
  });

  it('have an external side too, by the transaction’s partition', () => {
    const external = after(log)
      .all<{ account: string }>('entries')
      .filter(({ account }) => account === '@bank:CZK');
    expect(external).toMatchObject([
      { counterparty: 'alice', amount: -500n, revision: null },
      { counterparty: 'alice', amount: 200n, revision: null },
    ]);
  });
});

describe('the clock', () => {
  it('has a document a second and a tick a millisecond', () => {
    const log = new LedgerLog().open('alice').open('bob').wait(999).open('carol');
    const [first, second] = after(log).all<{ _id: Date; ticks: unknown[] }>('clock');
    expect(first?._id).toEqual(at('2026-01-01T00:00:00.000Z'));
    expect(first?.ticks).toHaveLength(2);
    expect(second).toMatchObject({
      _id: at('2026-01-01T00:00:01.000Z'),
      ticks: [{ at: log.groups[2]!.recordedAt, position: log.groups[2]!.position }],
    });
  });
});

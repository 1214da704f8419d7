import { LedgerLog } from '../ledger-log.fixture';
import { MemoryViews } from '../batch/memory-views.fixture';

function transactions(log: LedgerLog) {
  const views = new MemoryViews();
  views.apply(log.groups);
  return views.views['transactions'] ?? new Map();
}

describe('a transaction', () => {
  it('has its postings and the accounts it touches, each once', () => {
    const log = new LedgerLog().open('alice').post('t1', [
      { from: '@bank', to: 'alice', amount: 500n },
      { from: 'alice', to: '@bank', amount: 20n },
    ]);
    expect(transactions(log).get('t1')).toMatchObject({
      kind: 'transfer',
      status: 'posted',
      accounts: ['@bank:CZK', 'alice'],
      postings: [
        { from: '@bank', to: 'alice', amount: 500n, currency: 'CZK' },
        { from: 'alice', to: '@bank', amount: 20n, currency: 'CZK' },
      ],
      effectiveAt: log.groups[1]!.recordedAt,
      recordedAt: log.groups[1]!.recordedAt,
    });
  });

  it('keeps each status with the position from which it holds', () => {
    const log = new LedgerLog()
      .open('alice')
      .open('bob')
      .pend('p1', [{ from: 'alice', to: 'bob', amount: 500n }])
      .voidPending('p1');
    const [pending, voided] = log.groups.slice(2);
    expect(transactions(log).get('p1')).toMatchObject({
      status: 'voided',
      remaining: [0n],
      position: pending!.position,
      changes: [
        { status: 'pending', transactionId: 'p1', position: pending!.position },
        { status: 'voided', transactionId: '_p1-void', recordedAt: voided!.recordedAt },
      ],
    });
    expect(transactions(log).get('_p1-void')).toMatchObject({ kind: 'void', refersTo: 'p1' });
  });

  it('is captured once nothing remains, and reversed for good', () => {
    const mark = (capture: string, remaining: string) => ({
      transactionId: 'p1',
      captureId: capture,
      amounts: ['250'],
      remaining: [remaining],
    });
    const log = new LedgerLog()
      .open('alice')
      .open('bob')
      .pend('p1', [{ from: 'alice', to: 'bob', amount: 500n }])
      .raw('transaction-p1', 'TransactionCaptured', mark('c1', '250'))
      .raw('transaction-p1', 'TransactionCaptured', mark('c2', '0'));
    expect(transactions(log).get('p1')).toMatchObject({
      status: 'captured',
      revision: 2,
      changes: [{ status: 'pending' }, { status: 'captured', transactionId: 'c2' }],
    });
  });

  it('names the transaction that reversed it', () => {
    const log = new LedgerLog()
      .open('alice')
      .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }])
      .raw('transaction-t1', 'TransactionReversed', { transactionId: 't1', reversalId: 'r1' });
    expect(transactions(log).get('t1')).toMatchObject({ status: 'reversed', reversedBy: 'r1' });
  });
});

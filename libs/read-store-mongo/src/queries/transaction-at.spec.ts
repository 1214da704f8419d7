import type { TransactionView } from '@daybook/ledger-contracts';
import { transactionAt } from './transaction-at';

const at = new Date(0);
const sale: TransactionView = {
  _id: 'sale',
  partition: 0,
  revision: 1,
  position: 10n,
  kind: 'deposit',
  status: 'reversed',
  postings: [],
  accounts: [],
  effectiveAt: at,
  recordedAt: at,
  reference: null,
  metadata: null,
  expiresAt: null,
  refersTo: null,
  reversedBy: 'refund',
  remaining: [],
  changes: [
    { position: 10n, recordedAt: at, status: 'posted', transactionId: 'sale' },
    { position: 20n, recordedAt: at, status: 'reversed', transactionId: 'refund' },
  ],
};

describe('a transaction at a position', () => {
  it('does not exist before its record', () => {
    expect(transactionAt(sale, 9n)).toBeUndefined();
  });

  it('knows of its reversal from the reversal on', () => {
    expect(transactionAt(sale, 19n)).toMatchObject({ status: 'posted', reversedBy: null });
    expect(transactionAt(sale, 20n)).toMatchObject({ status: 'reversed', reversedBy: 'refund' });
  });

  it('names what it reverses, and only a reversal does', () => {
    const refund: TransactionView = { ...sale, kind: 'reversal', refersTo: 'sale' };
    expect(transactionAt(refund, 30n)?.reversalOf).toBe('sale');
    const capture: TransactionView = { ...sale, kind: 'capture', refersTo: 'sale' };
    expect(transactionAt(capture, 30n)?.reversalOf).toBeNull();
  });
});

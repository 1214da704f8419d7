import type { IndexDescription } from 'mongodb';
import type { ViewName } from './collection-names';

/**
 * The indexes that queries seek in, besides `_id`, which already orders `entries`, `late_entries`,
 * `holds` and `account_states` by series and position, and `clock` by time. Each costs every
 * write: add one only for a query that would scan without it.
 */
export const viewIndexes: Readonly<Partial<Record<ViewName, readonly IndexDescription[]>>> = {
  entries: [
    // The last entry of a series whose effectiveMax is at or before an effective time.
    { key: { series: 1, effectiveMax: 1, position: 1, posting: 1 }, name: 'by_effective_max' },
    // Statements: an account's entries in effective order, all shares of an external one together.
    { key: { account: 1, effectiveAt: 1, position: 1, posting: 1 }, name: 'by_effective' },
  ],
  // The late entries that count around an effective time.
  late_entries: [{ key: { series: 1, span: 1, effectiveAt: 1 }, name: 'by_span' }],
  transactions: [
    { key: { effectiveAt: 1, position: 1 }, name: 'by_effective' },
    { key: { accounts: 1, effectiveAt: 1, position: 1 }, name: 'by_account' },
  ],
  external_accounts: [
    { key: { account: 1 }, name: 'by_account' },
    { key: { rail: 1 }, name: 'by_rail' },
  ],
};

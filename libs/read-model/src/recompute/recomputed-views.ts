import {
  allPartitions,
  type AccountView,
  type ClockView,
  type ExternalAccountView,
  type TotalView,
  type TransactionView,
} from '@daybook/ledger-contracts';
import { foldBatch, type BatchChanges } from '../batch/fold-batch';
import type { ViewChange } from '../batch/folding-views';
import { readGroups } from '../batch/read-records';
import type { LogGroup } from '../recorded-event';

const all: ReadonlySet<number> = new Set(allPartitions);

/** How many points of each kind a log has led to. */
export interface PointCounts {
  entries: number;
  late_entries: number;
  holds: number;
  account_states: number;
}

/**
 * The documents that a log leads to, in memory: what the stored views should be. Points are given
 * out batch by batch and only counted, so memory grows with accounts and transactions alone.
 */
export class RecomputedViews {
  readonly accounts = new Map<string, AccountView>();
  readonly transactions = new Map<string, TransactionView>();
  readonly external_accounts = new Map<string, ExternalAccountView>();
  readonly totals = new Map<string, TotalView>();
  readonly clock = new Map<number, ClockView>();
  readonly quarantined = new Map<string, number>();
  readonly counts: PointCounts = { entries: 0, late_entries: 0, holds: 0, account_states: 0 };

  /** Takes the next groups of the log; gives what they change, new points among it. */
  apply(groups: readonly LogGroup[], partitions: ReadonlySet<number> = all): BatchChanges {
    const read = readGroups(groups, partitions);
    const changes = foldBatch(read, partitions, this, this.quarantined);
    keep(this.accounts, changes.accounts, ({ _id }) => _id);
    keep(this.transactions, changes.transactions, ({ _id }) => _id);
    keep(this.external_accounts, changes.external_accounts, ({ _id }) => _id);
    keep(this.totals, changes.totals, ({ _id }) => _id);
    keep(this.clock, changes.clock, ({ _id }) => _id.getTime());
    for (const { _id, revision } of changes.quarantine) this.quarantined.set(_id, revision);
    this.counts.entries += changes.entries.length;
    this.counts.late_entries += changes.entries.filter(({ late }) => late).length;
    this.counts.holds += changes.holds.length;
    this.counts.account_states += changes.states.length;
    return changes;
  }

  /** What the currencies do not sum to zero by: none in a true ledger. */
  imbalances(): readonly { readonly currency: string; readonly sum: bigint }[] {
    const sums = new Map<string, bigint>();
    const add = (currency: string, amount: bigint) =>
      sums.set(currency, (sums.get(currency) ?? 0n) + amount);
    for (const { currency, sum } of this.totals.values()) add(currency, sum);
    for (const { currency, balance } of this.external_accounts.values()) add(currency, balance);
    return [...sums].flatMap(([currency, sum]) => (sum === 0n ? [] : [{ currency, sum }]));
  }
}

function keep<Id, View>(
  views: Map<Id, View>,
  changes: readonly ViewChange<View>[],
  id: (view: View) => Id,
): void {
  for (const { after } of changes) views.set(id(after), after);
}

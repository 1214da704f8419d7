import {
  totalId,
  type AccountStateView,
  type AccountView,
  type ClockView,
  type EntryView,
  type ExternalAccountView,
  type HoldView,
  type QuarantineView,
  type TotalView,
  type TransactionView,
} from '@daybook/ledger-contracts';
import { accountEntry, accountHold, accountState } from '../accounts/account-points';
import { accountProjection } from '../accounts/account.projection';
import { CLOCK_PARTITION, secondOf, tick } from '../clock/clock.projection';
import {
  applyExternalLeg,
  externalLegs,
  includesLeg,
} from '../external-accounts/external-account.projection';
import { NotApplicable, type Projection } from '../projection';
import type { Recorded } from '../recorded-event';
import { applyToTotal, isLeg } from '../totals/total.projection';
import { transactionProjection } from '../transactions/transaction.projection';
import { FoldingViews, type ViewChange } from './folding-views';
import type { ReadGroup, ReadRecord } from './read-records';

/** The views that a batch is folded into, as they are stored; those that do not exist are absent. */
export interface LoadedViews {
  readonly accounts: ReadonlyMap<string, AccountView>;
  readonly transactions: ReadonlyMap<string, TransactionView>;
  readonly external_accounts: ReadonlyMap<string, ExternalAccountView>;
  readonly totals: ReadonlyMap<string, TotalView>;
  readonly clock: ReadonlyMap<number, ClockView>;
}

/**
 * What a batch does to the views. Points never change once written and must be durable before
 * the documents: a document at a revision says that all its points are there.
 */
export interface BatchChanges {
  readonly entries: readonly EntryView[];
  readonly holds: readonly HoldView[];
  readonly states: readonly AccountStateView[];
  readonly accounts: readonly ViewChange<AccountView>[];
  readonly transactions: readonly ViewChange<TransactionView>[];
  readonly external_accounts: readonly ViewChange<ExternalAccountView>[];
  readonly totals: readonly ViewChange<TotalView>[];
  readonly clock: readonly ViewChange<ClockView>[];
  readonly quarantine: readonly QuarantineView[];
}

/**
 * Folds whole groups into views. Events that a view has in it already change nothing. An event
 * that cannot be applied quarantines its stream: its views stand still before it.
 * `quarantined` names, per stream, the first revision that was not applied.
 */
export function foldBatch(
  groups: readonly ReadGroup[],
  partitions: ReadonlySet<number>,
  loaded: LoadedViews,
  quarantined: ReadonlyMap<string, number>,
): BatchChanges {
  const fold = new BatchFold(loaded, quarantined);
  for (const group of groups) {
    for (const record of group.records) fold.take(record);
    if (partitions.has(CLOCK_PARTITION)) fold.tick(group);
  }
  return fold.result();
}

class BatchFold {
  readonly #accounts: FoldingViews<string, AccountView>;
  readonly #transactions: FoldingViews<string, TransactionView>;
  readonly #external: FoldingViews<string, ExternalAccountView>;
  readonly #totals: FoldingViews<string, TotalView>;
  readonly #clock: FoldingViews<number, ClockView>;
  readonly #entries: EntryView[] = [];
  readonly #holds: HoldView[] = [];
  readonly #states: AccountStateView[] = [];
  readonly #quarantine = new Map<string, QuarantineView>();

  constructor(
    loaded: LoadedViews,
    private readonly quarantined: ReadonlyMap<string, number>,
  ) {
    this.#accounts = new FoldingViews(loaded.accounts);
    this.#transactions = new FoldingViews(loaded.transactions);
    this.#external = new FoldingViews(loaded.external_accounts);
    this.#totals = new FoldingViews(loaded.totals);
    this.#clock = new FoldingViews(loaded.clock);
  }

  take(record: ReadRecord): void {
    const stopped = this.#quarantine.get(record.stream)?.revision;
    const known = this.quarantined.get(record.stream) ?? stopped;
    if (known !== undefined && record.revision >= known) return this.#flag(record);
    try {
      if (!record.recorded) throw new NotApplicable(record.problem);
      if (record.kind === 'account') this.#account(record, record.recorded);
      else this.#transaction(record, record.recorded);
    } catch (error) {
      this.#stop(record, error);
    }
  }

  tick(group: ReadGroup): void {
    const second = secondOf(group.recordedAt).getTime();
    this.#clock.set(second, tick(this.#clock.get(second), group));
  }

  result(): BatchChanges {
    return {
      entries: this.#entries,
      holds: this.#holds,
      states: this.#states,
      accounts: this.#accounts.changes(),
      transactions: this.#transactions.changes(),
      external_accounts: this.#external.changes(),
      totals: this.#totals.changes(),
      clock: this.#clock.changes(),
      quarantine: [...this.#quarantine.values()],
    };
  }

  #account(record: ReadRecord, recorded: Recorded): void {
    const before = this.#accounts.get(record.id);
    const after = next(accountProjection, before, recorded);
    if (after) {
      const entry = accountEntry(before, after, recorded);
      const hold = accountHold(before, after, recorded);
      const state = accountState(after, recorded);
      this.#accounts.set(record.id, after);
      if (entry) this.#entries.push(entry);
      if (hold) this.#holds.push(hold);
      if (state) this.#states.push(state);
    }
    if (!isLeg(recorded)) return;
    const id = totalId(recorded.event.data.currency, record.partition);
    this.#totals.set(id, applyToTotal(this.#totals.get(id), record.partition, recorded));
  }

  #transaction(record: ReadRecord, recorded: Recorded): void {
    const after = next(transactionProjection, this.#transactions.get(record.id), recorded);
    if (after) this.#transactions.set(record.id, after);
    const { event } = recorded;
    if (event.type !== 'TransactionPosted') return;
    for (const leg of externalLegs(event.data)) {
      const view = this.#external.get(leg.series);
      if (includesLeg(view, recorded.position, leg.posting)) continue;
      const applied = applyExternalLeg(view, leg, { ...recorded, event });
      this.#external.set(leg.series, applied.view);
      this.#entries.push(applied.entry);
    }
  }

  #stop(record: ReadRecord, error: unknown): void {
    const { stream, partition, revision, position, type, recordedAt } = record;
    const reason = error instanceof Error ? error.message : String(error);
    const place = { partition, revision, position, type, reason, recordedAt };
    this.#quarantine.set(stream, { _id: stream, ...place });
    this.#flag(record);
  }

  #flag({ kind, id }: ReadRecord): void {
    const views: FoldingViews<string, AccountView | TransactionView> =
      kind === 'account' ? this.#accounts : this.#transactions;
    const view = views.get(id);
    if (view && !view.quarantined) views.set(id, { ...view, quarantined: true });
  }
}

/** The view after an event; undefined when it has the event in it already; throws on a gap. */
function next<View extends { readonly revision: number }>(
  projection: Projection<View>,
  view: View | undefined,
  recorded: Recorded,
): View | undefined {
  const expected = (view?.revision ?? -1) + 1;
  if (recorded.revision < expected) return undefined;
  if (recorded.revision > expected) {
    throw new NotApplicable(
      `revision ${recorded.revision} follows a view at revision ${expected - 1}: a gap`,
    );
  }
  return projection.apply(view, recorded);
}

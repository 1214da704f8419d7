import {
  type AccountCondition,
  type AccountStatusView,
  type AccountView,
  pointId,
} from '@daybook/ledger-contracts';
import type { LedgerAt } from './ledger-at';
import { mapBounded } from './map-bounded';
import { endOf } from './moment';
import { mongoSeries } from './mongo-series';
import { POINT_READS_MAX, QUERY_TIME_MS_MAX } from './query-limits';
import { seriesBalance, seriesBalances, type SeriesPoint } from './series-balance';

/** A series of entries that an account's balance sums up, and its end if that is within reach. */
export interface Share {
  readonly series: string;
  readonly end?: Omit<SeriesPoint, 'id'> | undefined;
}

/** An account as it was known at a moment. */
export interface AccountAt {
  readonly id: string;
  readonly external: boolean;
  readonly currency: string;
  readonly name: string | null;
  readonly status: AccountStatusView;
  /** Minor units; null: unlimited. */
  readonly overdraftLimit: bigint | null;
  /** Null for external accounts. */
  readonly openedAt: Date | null;
  readonly shares: readonly Share[];
  /** The account's newest view, when it has nothing beyond the moment. */
  readonly newest: AccountView | undefined;
}

/** The posted balance at the moment, minor units. */
export async function postedBalance(
  { views, moment }: LedgerAt,
  { shares }: AccountAt,
  asOf = moment.asOf,
): Promise<bigint> {
  const balances = await mapBounded(shares, POINT_READS_MAX, async ({ series, end }) => {
    const before = pointId(series, endOf(moment.position));
    return seriesBalance(mongoSeries(views, series), asOf, before, end);
  });
  return balances.reduce((sum, balance) => sum + balance, 0n);
}

/** The posted balances at effective times (ms) that do not go back, as known at the moment. */
export async function postedBalances(
  { views, moment }: LedgerAt,
  { shares }: AccountAt,
  times: readonly number[],
): Promise<bigint[]> {
  const before = ({ series }: Share) => pointId(series, endOf(moment.position));
  // Few at once: each share looks up several of the times at once.
  const balances = await mapBounded(shares, 4, (share) =>
    seriesBalances(mongoSeries(views, share.series), times, before(share), share.end),
  );
  return times.map((_, at) => balances.reduce((sum, share) => sum + (share[at] as bigint), 0n));
}

/** What is held at the moment, minor units; holds count from when they were recorded. */
export async function heldBalance(ledger: LedgerAt, account: AccountAt): Promise<bigint> {
  if (account.external) return 0n;
  const position = await ledger.holdsPosition();
  if (account.newest && account.newest.position <= position) return account.newest.held;
  const hold = await lastPoint(ledger, 'holds', account.id, position);
  return hold?.heldAfter ?? 0n;
}

/** The revision of the account's stream at the moment; null for external accounts. */
export async function accountRevision(ledger: LedgerAt, account: AccountAt) {
  if (account.external) return null;
  if (account.newest) return account.newest.revision;
  const points = await Promise.all(
    (['account_states', 'entries', 'holds'] as const).map((view) =>
      lastPoint(ledger, view, account.id, ledger.moment.position),
    ),
  );
  return Math.max(...points.map((point) => point?.revision ?? 0));
}

/** Internal accounts by their newest views, as they were at the moment. Expects opened ones. */
export function accountsAt(ledger: LedgerAt, views: readonly AccountView[]): Promise<AccountAt[]> {
  return mapBounded(views, POINT_READS_MAX, async (view) => {
    if (view.position <= ledger.moment.position) return toAccount(view, view, view);
    const state = await lastPoint(ledger, 'account_states', view._id, ledger.moment.position);
    if (!state) throw new Error(`no condition of account ${view._id} at its opening`);
    return toAccount(view, state, undefined);
  });
}

function toAccount(
  view: AccountView,
  condition: AccountCondition,
  newest: AccountView | undefined,
): AccountAt {
  const effectiveMax = view.effectiveMax?.getTime() ?? -Infinity;
  return {
    id: view._id,
    external: false,
    currency: view.currency,
    name: condition.name,
    status: condition.status,
    overdraftLimit: condition.overdraftLimit,
    openedAt: view.openedAt,
    shares: [{ series: view._id, end: newest && { balanceAfter: view.posted, effectiveMax } }],
    newest,
  };
}

async function lastPoint<View extends 'account_states' | 'entries' | 'holds'>(
  { views }: LedgerAt,
  view: View,
  series: string,
  position: bigint,
) {
  return views
    .collection<'account_states' | 'entries' | 'holds'>(view)
    .findOne(
      { _id: { $gte: pointId(series, 0n), $lt: pointId(series, endOf(position)) } },
      { sort: { _id: -1 }, maxTimeMS: QUERY_TIME_MS_MAX },
    ) as Promise<PointViews[View] | null>;
}

interface PointViews {
  account_states: AccountCondition & { revision: number };
  entries: { revision: number | null };
  holds: { revision: number; heldAfter: bigint };
}

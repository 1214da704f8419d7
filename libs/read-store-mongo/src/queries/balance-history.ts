import type { AccountAt } from './account-at';
import { postedBalances } from './account-at';
import type { LedgerAt } from './ledger-at';

export type Interval = 'HOUR' | 'DAY' | 'MONTH' | 'YEAR';

const startOf: Record<Interval, (time: Date, later: number) => number> = {
  HOUR: (t, n) => utc(t.getUTCFullYear(), t.getUTCMonth(), t.getUTCDate(), t.getUTCHours() + n),
  DAY: (t, n) => utc(t.getUTCFullYear(), t.getUTCMonth(), t.getUTCDate() + n, 0),
  MONTH: (t, n) => utc(t.getUTCFullYear(), t.getUTCMonth() + n, 1, 0),
  YEAR: (t, n) => utc(t.getUTCFullYear() + n, 0, 1, 0),
};

/** `Date.UTC` takes years below 100 for the twentieth century's. */
function utc(year: number, month: number, day: number, hour: number): number {
  const time = new Date(0);
  time.setUTCFullYear(year, month, day);
  return time.setUTCHours(hour);
}

/**
 * The last millisecond of each UTC interval that [from, to) touches, oldest first; undefined when
 * they are more than `limit`.
 */
export function intervalEnds(
  from: number,
  to: number,
  interval: Interval,
  limit: number,
): number[] | undefined {
  const ends: number[] = [];
  for (let at = from; at < to;) {
    if (ends.length === limit) return undefined;
    at = startOf[interval](new Date(at), 1);
    ends.push(at - 1);
  }
  return ends;
}

/** The balance at each time (ms, not going back), but never later than `asOf`; minor units. */
export function balancesAtTimes(
  ledger: LedgerAt,
  account: AccountAt,
  times: readonly number[],
): Promise<bigint[]> {
  const latest = ledger.moment.asOf ?? Infinity;
  return postedBalances(
    ledger,
    account,
    times.map((time) => Math.min(time, latest)),
  );
}

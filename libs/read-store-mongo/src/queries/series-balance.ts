import { mapBounded } from './map-bounded';

/** A point of a series that a balance can start from. */
export interface SeriesPoint {
  /** The point's id: as text it sorts in log order. */
  readonly id: string;
  /** The series' sum in log order up to here, minor units. */
  readonly balanceAfter: bigint;
  /** The highest effective time up to here, in ms. */
  readonly effectiveMax: number;
}

/** An entry effective before one that the log has before it. */
export interface LatePoint {
  readonly id: string;
  /** In ms. */
  readonly effectiveAt: number;
  /** Minor units. */
  readonly amount: bigint;
}

/** What the balance rule needs to see of one series of entries. `id` bounds are in log order. */
export interface Series {
  /** The last entry before an id. */
  lastBefore(id: string): Promise<SeriesPoint | undefined>;
  /** The last entry with `effectiveMax` at or before a time. */
  lastEffective(asOf: number): Promise<SeriesPoint | undefined>;
  /**
   * At least the late entries before an id that are effective by the last of some times and found
   * an `effectiveMax` beyond the first, and none that is effective later.
   */
  late(first: number, last: number, before: string): AsyncIterable<LatePoint>;
}

/** Times of one series that are looked up at once. */
const TIMES_AT_ONCE = 8;

/** A series' balance over the entries before an id, up to an effective time (null: all of them). */
export async function seriesBalance(
  series: Series,
  asOf: number | null,
  before: string,
  last?: Omit<SeriesPoint, 'id'>,
): Promise<bigint> {
  const recorded = last ?? (await series.lastBefore(before));
  if (!recorded) return 0n;
  if (asOf === null) return recorded.balanceAfter;
  const [balance] = await seriesBalances(series, [asOf], before, recorded);
  return balance as bigint;
}

/**
 * A series' balances over the entries before an id, up to each of some effective times, which must
 * not go back. Whoever has the last of those entries gives it and saves a read.
 *
 * `effectiveMax` only grows along the log, so the entries with `effectiveMax <= asOf` are a
 * beginning of it that counts as a whole: its last `balanceAfter` is their sum. Of the entries
 * after it only late ones can be effective by `asOf`: the first one is beyond it by definition,
 * and each later one either raises `effectiveMax` further or is late.
 */
export async function seriesBalances(
  series: Series,
  times: readonly number[],
  before: string,
  last?: Omit<SeriesPoint, 'id'>,
): Promise<bigint[]> {
  const recorded = last ?? (await series.lastBefore(before));
  if (!recorded) return times.map(() => 0n);
  const open = times.filter((time) => time < recorded.effectiveMax);
  // Both are beginnings of the log, and these are the shorter: `recorded` lies beyond these times.
  const starts = await mapBounded(open, TIMES_AT_ONCE, (time) => series.lastEffective(time));
  const late = await lateSums(series, open, starts, before);
  return times.map((_, at) =>
    at < open.length
      ? (starts[at]?.balanceAfter ?? 0n) + (late[at] as bigint)
      : recorded.balanceAfter,
  );
}

/**
 * What late entries add at each time, read once for all times: one counts from the first time that
 * it is effective by, up to where the beginning of the log has it in itself.
 */
async function lateSums(
  series: Series,
  times: readonly number[],
  starts: readonly (SeriesPoint | undefined)[],
  before: string,
): Promise<bigint[]> {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [];
  const steps = new Array<bigint>(times.length + 1).fill(0n);
  const step = (at: number, amount: bigint) => (steps[at] = (steps[at] as bigint) + amount);
  for await (const { id, effectiveAt, amount } of series.late(first, last, before)) {
    const from = firstOf(times.length, (at) => (times[at] as number) >= effectiveAt);
    const to = firstOf(times.length, (at) => (starts[at]?.id ?? '') >= id);
    if (from >= to) continue;
    step(from, amount);
    step(to, -amount);
  }
  let sum = 0n;
  return times.map((_, at) => (sum += steps[at] as bigint));
}

/** The first index below `length` that holds, else `length`; those after one that holds do too. */
function firstOf(length: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A point of a series that a balance can start from. */
export interface SeriesPoint {
  /** The point's id: as text it sorts in log order. */
  readonly id: string;
  /** The series' sum in log order up to here, minor units. */
  readonly balanceAfter: bigint;
  /** The highest effective time up to here, in ms. */
  readonly effectiveMax: number;
}

/** What the balance rule needs to see of one series of entries. `id` bounds are in log order. */
export interface Series {
  /** The last entry before an id. */
  lastBefore(id: string): Promise<SeriesPoint | undefined>;
  /** The last entry with `effectiveMax` at or before a time. */
  lastEffective(asOf: number): Promise<SeriesPoint | undefined>;
  /** The sum of late entries after one id (or from the start), before another, up to a time. */
  lateSum(after: string | undefined, before: string, asOf: number): Promise<bigint>;
}

/**
 * A series' balance over the entries before an id, up to an effective time (null: all of them).
 * Whoever has the last of those entries gives it and saves a read.
 *
 * `effectiveMax` only grows along the log, so the entries with `effectiveMax <= asOf` are a
 * beginning of it that counts as a whole: its last `balanceAfter` is their sum. Of the entries
 * after it only late ones can be effective by `asOf`: the first one is beyond it by definition,
 * and each later one either raises `effectiveMax` further or is late.
 */
export async function seriesBalance(
  series: Series,
  asOf: number | null,
  before: string,
  last?: Omit<SeriesPoint, 'id'>,
): Promise<bigint> {
  const recorded = last ?? (await series.lastBefore(before));
  if (!recorded) return 0n;
  if (asOf === null || recorded.effectiveMax <= asOf) return recorded.balanceAfter;
  const effective = await series.lastEffective(asOf);
  // Both are beginnings of the log, and this one is the shorter: `recorded` lies beyond asOf.
  const late = await series.lateSum(effective?.id, before, asOf);
  return (effective?.balanceAfter ?? 0n) + late;
}

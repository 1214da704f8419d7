import type { Tick } from '@daybook/ledger-contracts';
import { lowestCheckpoint } from '../checkpoints/mongo-checkpoints';
import type { Views } from '../collections/views';
import { QUERY_TIME_MS_MAX } from './query-limits';

/** How far all partitions are projected, and when the last record up to there was recorded. */
export interface Reached {
  /** -1: nothing is projected yet. */
  readonly position: bigint;
  /** ms; null: nothing is projected yet. */
  readonly recordedAt: number | null;
}

/** How far every view is whole: the lowest checkpoint over the partitions. */
export async function reached(views: Views): Promise<Reached> {
  const lowest = await lowestCheckpoint(views);
  if (!lowest) return { position: -1n, recordedAt: null };
  return { position: lowest.position, recordedAt: lowest.recordedAt.getTime() };
}

/**
 * The position of the last group recorded at or before a time, but not beyond `reached`; -1 when
 * nothing was.
 */
export async function positionRecordedBy(
  views: Views,
  time: number,
  reached: bigint,
): Promise<bigint> {
  const seconds = await views
    .collection('clock')
    .find({ _id: { $lte: new Date(time) } }, { maxTimeMS: QUERY_TIME_MS_MAX })
    .sort({ _id: -1 })
    .limit(2)
    .toArray();
  return lastTick(
    seconds.flatMap(({ ticks }) => ticks),
    time,
    reached,
  );
}

/** The highest position among ticks at or before a time, but not beyond `reached`. */
export function lastTick(ticks: readonly Tick[], time: number, reached: bigint): bigint {
  const last = ticks
    .filter(({ at }) => at.getTime() <= time)
    .reduce((highest, { position }) => (position > highest ? position : highest), -1n);
  // Ticks grow with the log: one beyond `reached` says that all before it was recorded by then.
  return last < reached ? last : reached;
}

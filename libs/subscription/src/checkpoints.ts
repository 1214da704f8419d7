import { LOG_START, type Place, type RecordMark } from './group';

/** Where a partition's views stand: everything of its own up to there is durable. */
export interface Checkpoint {
  readonly partition: number;
  readonly position: bigint;
  readonly recordedAt: Date;
  /** The last record of the last whole group; unknown of checkpoints of earlier versions. */
  readonly last?: RecordMark;
}

/** Where checkpoints are kept. */
export interface CheckpointStore {
  /** The checkpoints that exist; a partition without one begins at the start of the log. */
  load(partitions: readonly number[]): Promise<readonly Checkpoint[]>;
  /** Durable when it resolves; a checkpoint that is further already stays as it is. */
  save(checkpoints: readonly Checkpoint[]): Promise<void>;
}

/** Where a worker that owns these partitions begins: at the one that is furthest behind. */
export function lowestPlace(
  partitions: readonly number[],
  checkpoints: readonly Checkpoint[],
): Place {
  const own = checkpoints.filter(({ partition }) => partitions.includes(partition));
  const [first, ...others] = own;
  if (!first || own.length < partitions.length) return LOG_START;
  return others.reduce((low, one) => (one.position < low.position ? one : low), first);
}

/** The checkpoint that is furthest, if there is one: the log must have come as far. */
export const highestPlace = (checkpoints: readonly Checkpoint[]): Place | undefined =>
  checkpoints.reduce<Checkpoint | undefined>(
    (high, one) => (high && high.position >= one.position ? high : one),
    undefined,
  );

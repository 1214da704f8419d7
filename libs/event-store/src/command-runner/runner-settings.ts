import { getHeapStatistics } from 'node:v8';
import { freshId } from './fresh-id';

/** Bounds of a runner. Every queue, loop and cache in it has one. */
export interface RunnerSettings {
  /** Bounds of one append; a single larger command goes alone. */
  readonly batchRecordsMax: number;
  readonly batchBytesMax: number;
  readonly batchChecksMax: number;
  /** Beyond this a command is refused as `CommandTooLarge`: no store need ever take it. */
  readonly commandBytesMax: number;
  /** Bounds of what is under way; beyond them commands are refused as `Overloaded`. */
  readonly commandsMax: number;
  readonly bytesMax: number;
  /** Lost races for its streams, in a second or a few, after which a command ends in `TooMuchContention`. */
  readonly conflictsMax: number;
  /** Resends of an append of unknown outcome, then tries of its fence, before the store is down. */
  readonly resendsMax: number;
  readonly fencesMax: number;
  /** A store that is in doubt, or answers no read, for longer counts as down, whatever is left. */
  readonly unknownMsMax: number;
  readonly backoffMsFirst: number;
  readonly backoffMsMax: number;
  readonly readRetriesMax: number;
  readonly readsInFlightMax: number;
  readonly pageRecords: number;
  /** Streams in memory that were only written (recent identities). */
  readonly recentStreamsMax: number;
  /** What all streams in memory may take; it alone bounds how many decisions find there. */
  readonly cacheBytesMax: number;
  /** How many of these, used last, stay objects where a model can pack the others. */
  readonly unpackedStreamsMax: number;
  readonly snapshotsQueuedMax: number;
  /** The log is followed for others' writes until none was news for so long. */
  readonly followQuietMs: number;
  readonly drainMsMax: number;
}

export const defaultRunnerSettings: RunnerSettings = {
  batchRecordsMax: 3_000,
  batchBytesMax: 4 * 1024 * 1024,
  batchChecksMax: 3_000,
  commandBytesMax: 12 * 1024 * 1024,
  commandsMax: 10_000,
  bytesMax: 64 * 1024 * 1024,
  conflictsMax: 60,
  resendsMax: 5,
  fencesMax: 2,
  unknownMsMax: 15_000,
  backoffMsFirst: 20,
  backoffMsMax: 2_000,
  readRetriesMax: 3,
  readsInFlightMax: 64,
  pageRecords: 500,
  recentStreamsMax: 256,
  cacheBytesMax: Math.floor(getHeapStatistics().heap_size_limit / 4),
  unpackedStreamsMax: 16_384,
  snapshotsQueuedMax: 1_000,
  followQuietMs: 10_000,
  drainMsMax: 10_000,
};

/** What the runner takes from outside besides the store; deterministic in tests. */
export interface RunnerPorts {
  /** A fresh UUID for a record. */
  newId(): string;
  /** A number in [0, 1), to spread retries. */
  random(): number;
  /** Milliseconds that never go back. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

export const systemPorts: RunnerPorts = {
  newId: freshId,
  random: () => Math.random(),
  nowMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

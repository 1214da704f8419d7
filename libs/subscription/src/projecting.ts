import type { EventLog } from '@daybook/event-store';
import { defaultBackoff, untilDone, type Backoff } from './backoff';
import { catchUp, type GroupBatch } from './catch-up';
import { highestPlace, lowestPlace, type CheckpointStore } from './checkpoints';
import type { RecordGroup } from './group';

/** Where groups are folded into views. */
export interface ViewWriter {
  /**
   * Durable when it resolves: every event of these partitions is applied or recorded as
   * quarantined. Giving it the same groups again changes nothing, whatever came between.
   */
  apply(groups: readonly RecordGroup[], partitions: readonly number[]): Promise<void>;
}

/** What happens while projecting, for logs and metrics. */
export interface ProjectingObserver {
  readonly onBatch?: (batch: GroupBatch) => void;
  readonly onReadFailure?: (error: unknown, failures: number) => void;
  readonly onWriteFailure?: (error: unknown, failures: number) => void;
}

export interface ProjectingOptions {
  readonly log: EventLog;
  readonly writer: ViewWriter;
  readonly checkpoints: CheckpointStore;
  readonly prefixes: readonly string[];
  /** Streams without views: their records move the checkpoints on, and no more. */
  readonly passing?: readonly string[];
  readonly partitions: readonly number[];
  readonly pageSize: number;
  /** The least time between batches of a busy log. */
  readonly gatherMs?: number;
  /** Finish the batch at hand, write its checkpoint, and end. */
  readonly signal: AbortSignal;
  readonly backoff?: Backoff;
  readonly observer?: ProjectingObserver;
}

/**
 * Keeps the views of some partitions up with the log until the signal aborts: views first, then
 * the checkpoint. Failures of either store are tried again with backoff, for ever.
 */
export async function project(options: ProjectingOptions): Promise<void> {
  const { log, writer, checkpoints, partitions, signal, observer = {} } = options;
  const backoff = options.backoff ?? defaultBackoff;
  const retry = <T>(attempt: () => Promise<T>) =>
    untilDone(attempt, { backoff, signal, onFailure: observer.onWriteFailure ?? (() => {}) });

  const known = await retry(() => checkpoints.load(partitions));
  if (!known) return;
  const start = lowestPlace(partitions, known);
  const { prefixes, passing = [], pageSize, gatherMs = 0 } = options;
  const { onReadFailure } = observer;
  const furthest = highestPlace(known);
  const reading = {
    ...{ prefixes, passing, pageSize, gatherMs, signal, backoff },
    ...(furthest && { furthest }),
    ...(onReadFailure && { onReadFailure }),
  };
  let saved = start.position;
  for await (const batch of catchUp(log, start, reading)) {
    const { position, recordedAt, last } = batch.reached;
    if (position !== saved && position !== 'start' && recordedAt !== null) {
      const reached = partitions.map((partition) => ({ partition, position, recordedAt, last }));
      const done = await retry(async () => {
        if (batch.groups.length > 0) await writer.apply(batch.groups, partitions);
        await checkpoints.save(reached);
        return true;
      });
      if (!done) return;
      saved = position;
    }
    observer.onBatch?.(batch);
  }
}

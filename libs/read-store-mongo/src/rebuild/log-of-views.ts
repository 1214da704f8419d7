import { pause, type EventLog } from '@daybook/event-store';
import { allPartitions } from '@daybook/ledger-contracts';
import {
  assertSameLog,
  type Checkpoint,
  highestPlace,
  LOG_START,
  ViewsOfAnotherLog,
} from '@daybook/subscription';
import { MongoCheckpoints } from '../checkpoints/mongo-checkpoints';
import type { ReadStore } from '../connection/read-store';

/** A node that follows another may tell of the newest records this late. */
const LATE_MS = 5_000;
const POLL_MS = 250;

/** The checkpoints of a generation, of those partitions that have one. */
export function checkpointsOf(
  store: ReadStore,
  generation: number,
): Promise<readonly Checkpoint[]> {
  return new MongoCheckpoints(store.views(generation)).load(allPartitions);
}

/** Whether views with these checkpoints come from this log. Says no only after a while. */
export async function isSameLog(
  log: EventLog,
  checkpoints: readonly Checkpoint[],
  signal: AbortSignal,
): Promise<boolean> {
  const place = highestPlace(checkpoints) ?? LOG_START;
  for (let waited = 0; ; waited += POLL_MS) {
    try {
      await assertSameLog(log, place);
      return true;
    } catch (error) {
      if (!(error instanceof ViewsOfAnotherLog)) throw error;
      if (waited >= LATE_MS) return false;
    }
    await pause(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

import { pause, type EventLog } from '@daybook/event-store';
import { allPartitions, ledgerPrefixes } from '@daybook/ledger-contracts';
import { project } from '@daybook/subscription';
import { lowestCheckpoint, MongoCheckpoints } from '../checkpoints/mongo-checkpoints';
import type { ReadStore } from '../connection/read-store';
import {
  beginGeneration,
  dropUnused,
  liveGenerations,
  prepareGeneration,
  switchGeneration,
} from '../generations/generations';
import type { Difference } from '../verify/differences';
import { verifyViews } from '../verify/verify-views';
import { MongoViewWriter } from '../writing/mongo-view-writer';
import { checkpointsOf, isSameLog } from './log-of-views';
import { inRebuildTurn, RebuildUnderWay } from './rebuild-turn';

export interface RebuildOptions {
  readonly store: ReadStore;
  readonly log: EventLog;
  readonly onProgress?: (records: number) => void;
  readonly onDifference: (difference: Difference) => void;
  readonly signal: AbortSignal;
}

export interface RebuildReport {
  readonly from: number;
  readonly to: number;
  readonly records: number;
  /** Zero, or the old generation still answers. */
  readonly differences: number;
  readonly switched: boolean;
}

const PAGE = 2_000;

/** Longer than any service goes on to read a generation after it was switched away from. */
const READERS_LATE_MS = 2_000;

/** Lies before every position of a log. */
const BEFORE_ALL = -1n;

/**
 * Fills a new generation of the views beside the live one from the log, compares it with a
 * recomputation, and only then lets it answer queries; the old one stays, to go back to at once.
 * Throws `RebuildUnderWay` when there is another one.
 */
export async function rebuildViews(options: RebuildOptions): Promise<RebuildReport> {
  const { db } = options.store;
  // The turn stands beside the number of the live generation: there must be one.
  await liveGenerations(db)();
  return inRebuildTurn(db, ({ owner, lost }) =>
    rebuildInTurn({ ...options, signal: AbortSignal.any([options.signal, lost]) }, owner),
  );
}

async function rebuildInTurn(options: RebuildOptions, owner: string): Promise<RebuildReport> {
  const { store, log, onDifference, signal } = options;
  const begun = await beginGeneration(store.db, owner);
  if (!begun) throw new RebuildUnderWay();
  const { live: from, to } = begun;
  await dropUnused(store.db, to);
  await prepareGeneration(store.db, to);
  let records = await replay(options, to);
  signal.throwIfAborted();
  const views = store.views(to);
  const upTo = (await lowestCheckpoint(views))?.position ?? BEFORE_ALL;
  const comparing = { views, log, upTo, onDifference, signal };
  const { differences } = await verifyViews({ ...comparing, waitMs: 0 });
  if (differences > 0) return { from, to, records, differences, switched: false };
  // Views of another log may claim positions that this one has yet to come to: none waits for them.
  const abandoned = !(await isSameLog(log, await checkpointsOf(store, from), signal));
  // What was recorded while they were compared: the old views are ahead of the new by that much.
  records += await replay(options, to);
  signal.throwIfAborted();
  const switched = await switchGeneration(store.db, begun, { to, abandoned, rebuild: owner });
  if (switched && begun.previous !== null) await dropLate(options, to);
  return { from, to, records, differences, switched };
}

/** Drops what was kept before, once nobody reads it; a later rebuild does when this one is ended. */
async function dropLate({ store, signal }: RebuildOptions, before: number): Promise<void> {
  await pause(READERS_LATE_MS, signal);
  if (!signal.aborted) await dropUnused(store.db, before);
}

/** Projects the whole log into a generation up to what is the end of the log then. */
async function replay(
  { store, log, onProgress, signal }: RebuildOptions,
  generation: number,
): Promise<number> {
  const views = store.views(generation);
  const done = new AbortController();
  let records = 0;
  await project({
    log,
    writer: new MongoViewWriter({ views }),
    checkpoints: new MongoCheckpoints(views),
    prefixes: ledgerPrefixes,
    partitions: allPartitions,
    pageSize: PAGE,
    signal: AbortSignal.any([signal, done.signal]),
    observer: {
      onBatch: ({ groups, atEnd }) => {
        records += groups.reduce((sum, group) => sum + group.records.length, 0);
        onProgress?.(records);
        if (atEnd) done.abort();
      },
    },
  });
  return records;
}

import { pause, StoreUnreachable, type EventLog } from '@daybook/event-store';
import { defaultBackoff, waitAfter, type Backoff } from './backoff';
import { LOG_START, placeAfter, type Place, type RecordGroup } from './group';
import { GroupAssembler, GroupTooLarge } from './group-assembler';
import { GroupQueue } from './group-queue';
import { assertSameLog } from './same-log';

/** A batch of more records than this says that the log is busy. */
const BUSY_RECORDS = 60;

/** Whole groups in log order. */
export interface GroupBatch {
  readonly groups: readonly RecordGroup[];
  /** Everything up to here is in this batch or one before. */
  readonly reached: Place;
  /** Nothing more was known to be in the log. */
  readonly atEnd: boolean;
}

export interface CatchUpOptions {
  readonly prefixes: readonly string[];
  /** Streams in no group: a batch's place moves past their records. */
  readonly passing?: readonly string[];
  /** How far the log was read before, where that is beyond the place to go on from. */
  readonly furthest?: Place;
  /** The most records that wait for a slow worker, and in a batch; a greater group comes alone. */
  readonly pageSize: number;
  /**
   * While the log is busy, no batch sooner than this after the one before: each has a price of
   * its own. A quiet log's groups come at once.
   */
  readonly gatherMs?: number;
  readonly signal: AbortSignal;
  readonly backoff?: Backoff;
  /** Failures in a row after which the error is thrown; absent: tried again for ever. */
  readonly failuresMax?: number;
  readonly onReadFailure?: (error: unknown, failures: number) => void;
}

/**
 * The whole groups of a log after a place, for ever: what has gathered while the last batch was
 * worked on is the next one. A batch may be empty: it says that the end was reached, or where the
 * records that it passed end. A log that lacks what was read of it fails with `ViewsOfAnotherLog`,
 * as any read may: looked at whenever it subscribes, as the store may be another one by then.
 * It subscribes from the start and never pages: followed records come as fast.
 */
export async function* catchUp(
  log: EventLog,
  from: Place,
  options: CatchUpOptions,
): AsyncGenerator<GroupBatch, void, void> {
  let place = from;
  let failures = 0;
  while (!options.signal.aborted) {
    try {
      await assertSameLog(log, further(place, options.furthest));
      for await (const batch of subscribed(log, place, options)) {
        place = batch.reached;
        if (batch.groups.length > 0) failures = 0;
        yield batch;
      }
    } catch (error) {
      if (error instanceof GroupTooLarge) throw error;
      failures += 1;
      if (options.signal.aborted) return;
      options.onReadFailure?.(error, failures);
      if (failures > (options.failuresMax ?? Infinity)) throw error;
      await pause(waitAfter(failures, options.backoff ?? defaultBackoff), options.signal);
    }
  }
}

const further = (place: Place, other: Place = LOG_START): Place =>
  other.position !== 'start' && (place.position === 'start' || other.position > place.position)
    ? other
    : place;

/** One subscription, until it fails or the signal aborts. */
async function* subscribed(
  log: EventLog,
  from: Place,
  options: CatchUpOptions,
): AsyncGenerator<GroupBatch, void, void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const queue = new GroupQueue(options.pageSize);
  const end = () => queue.end();
  signal.addEventListener('abort', end, { once: true });
  const reading = fill(queue, log, from, options, signal);
  const { gatherMs = 0 } = options;
  let atEnd = false;
  let reached = from;
  try {
    for (;;) {
      if (!atEnd && !queue.ready && (await nothingAfter(log, reached, options))) {
        atEnd = !queue.ready;
        if (atEnd) yield { groups: [], reached, atEnd };
      }
      const { groups: taken, ended } = await queue.take();
      if (options.signal.aborted || (ended && taken.length === 0)) return;
      const last = taken.at(-1);
      if (last) reached = placeAfter(last);
      const groups = taken.filter(({ records }) => records.length > 0);
      const rested = gatherMs > 0 && isBusy(groups) ? pause(gatherMs, signal) : undefined;
      yield { groups, reached, atEnd: atEnd && !queue.ready };
      if (rested) await queue.gather(rested);
    }
  } finally {
    stop.abort();
    await reading;
  }
}

const isBusy = (groups: readonly RecordGroup[]): boolean =>
  groups.reduce((sum, { records }) => sum + records.length, 0) > BUSY_RECORDS;

/** A subscription does not say that it has reached the end: asked once, when it falls silent. */
const nothingAfter = async (
  log: EventLog,
  { position }: Place,
  { prefixes }: CatchUpOptions,
): Promise<boolean> => (await log.readAfter(position, 1, prefixes)).length === 0;

async function fill(
  queue: GroupQueue,
  log: EventLog,
  from: Place,
  { prefixes, passing = [] }: CatchUpOptions,
  signal: AbortSignal,
): Promise<void> {
  const isPassed = (stream: string) => passing.some((prefix) => stream.startsWith(prefix));
  const assembler = new GroupAssembler(from, isPassed);
  try {
    for await (const record of log.follow(from.position, [...prefixes, ...passing], signal)) {
      const group = assembler.take(record);
      if (!group) continue;
      const room = queue.put(group);
      if (room !== true && !(await room)) return;
    }
    queue.end(new StoreUnreachable('the subscription ended'));
  } catch (error) {
    queue.end(error);
  }
}

import { StoreUnreachable, type EventLog, type StoredRecord } from '@daybook/event-store';
import { defaultBackoff, pause, waitAfter, type Backoff } from './backoff';
import { GroupAssembler, GroupTooLarge } from './group-assembler';
import { placeAfter, type Place, type RecordGroup } from './group';
import { GroupQueue } from './group-queue';

/** Whole groups in log order. */
export interface GroupBatch {
  readonly groups: readonly RecordGroup[];
  /** Nothing more was known to be in the log when the batch was read. */
  readonly atEnd: boolean;
}

export interface CatchUpOptions {
  readonly prefixes: readonly string[];
  /** Records a page, and the most that wait for a slow worker. */
  readonly pageSize: number;
  readonly signal: AbortSignal;
  readonly backoff?: Backoff;
  readonly onReadFailure?: (error: unknown, failures: number) => void;
}

/**
 * The whole groups of a log after a place, for ever: pages while far behind (the next one is read
 * while the last is worked on), a live subscription near the end, pages again when the worker falls
 * behind or the connection is lost. Ends when the signal aborts. A batch may be empty: it
 * says that the end was reached.
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
      for await (const batch of onePass(log, place, options)) {
        const last = batch.groups.at(-1);
        if (last) {
          place = placeAfter(last);
          failures = 0;
        }
        yield batch;
      }
    } catch (error) {
      if (error instanceof GroupTooLarge) throw error;
      failures += 1;
      if (options.signal.aborted) return;
      options.onReadFailure?.(error, failures);
      await pause(waitAfter(failures, options.backoff ?? defaultBackoff), options.signal);
    }
  }
}

/** Pages to the end of the log, then the live subscription until it ends. */
async function* onePass(
  log: EventLog,
  from: Place,
  options: CatchUpOptions,
): AsyncGenerator<GroupBatch, void, void> {
  const assembler = new GroupAssembler(from);
  let position = from.position;
  const readPage = () => settled(log.readAfter(position, options.pageSize, options.prefixes));
  let next = readPage();
  while (!options.signal.aborted) {
    const records = unwrap(await next);
    position = records.at(-1)?.position ?? position;
    const atEnd = records.length < options.pageSize;
    if (!atEnd) next = readPage();
    yield { groups: assembleAll(assembler, records), atEnd };
    if (atEnd) break;
  }
  if (!options.signal.aborted) yield* live(log, position, assembler, options);
}

/** The live subscription, until it fails, its queue overflows or the signal aborts. */
async function* live(
  log: EventLog,
  position: bigint | 'start',
  assembler: GroupAssembler,
  options: CatchUpOptions,
): AsyncGenerator<GroupBatch, void, void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const queue = new GroupQueue(options.pageSize);
  const end = () => queue.end();
  options.signal.addEventListener('abort', end, { once: true });
  const pumping = pump(log.follow(position, options.prefixes, signal), assembler, queue, signal);
  try {
    for (;;) {
      const { groups, ended } = await queue.take();
      if (groups.length > 0) yield { groups, atEnd: !ended };
      if (ended && groups.length === 0) return;
    }
  } finally {
    options.signal.removeEventListener('abort', end);
    stop.abort();
    await pumping;
  }
}

async function pump(
  records: AsyncIterable<StoredRecord>,
  assembler: GroupAssembler,
  queue: GroupQueue,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const record of records) {
      const group = assembler.take(record);
      if (group && !queue.offer(group)) return queue.end();
    }
    queue.end(signal.aborted ? undefined : new StoreUnreachable('the subscription ended'));
  } catch (error) {
    queue.end(error);
  }
}

const assembleAll = (
  assembler: GroupAssembler,
  records: readonly StoredRecord[],
): readonly RecordGroup[] =>
  records.flatMap((record) => {
    const group = assembler.take(record);
    return group ? [group] : [];
  });

type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** A page read ahead may fail while nobody awaits it: its error waits until it is asked for. */
const settled = <T>(promise: Promise<T>): Promise<Settled<T>> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

function unwrap<T>(result: Settled<T>): T {
  if ('error' in result) throw result.error;
  return result.value;
}

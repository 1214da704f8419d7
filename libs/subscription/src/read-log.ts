import type { EventLog, LogPosition } from '@daybook/event-store';
import { catchUp } from './catch-up';
import { LOG_START, type RecordGroup } from './group';
import { GroupAssembler } from './group-assembler';

const PAGE = 2_000;
const FAILURES_MAX = 5;

/**
 * The whole groups from the start of a log to what is its end now, by pages: the fastest way, but
 * the recorded times are only good to the second. Throws what the store throws.
 */
export async function* readToEnd(
  log: EventLog,
  prefixes: readonly string[],
): AsyncGenerator<readonly RecordGroup[], void, void> {
  const assembler = new GroupAssembler(LOG_START);
  let position: LogPosition = 'start';
  for (;;) {
    const records = await log.readAfter(position, PAGE, prefixes);
    yield records.flatMap((record) => assembler.take(record) ?? []);
    const last = records.at(-1);
    if (!last || records.length < PAGE) return;
    position = last.position;
  }
}

/** The whole groups from the start of a log up to a position that it has, with exact times. */
export async function* readUpTo(
  log: EventLog,
  prefixes: readonly string[],
  end: bigint,
): AsyncGenerator<readonly RecordGroup[], void, void> {
  const stop = new AbortController();
  const { signal } = stop;
  const options = { prefixes, pageSize: PAGE, signal, failuresMax: FAILURES_MAX };
  try {
    for await (const { groups } of catchUp(log, LOG_START, options)) {
      yield groups.filter(({ position }) => position <= end);
      const last = groups.at(-1);
      if (last && last.position >= end) return;
    }
  } finally {
    stop.abort();
  }
}

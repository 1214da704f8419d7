import type { EventLog } from '@daybook/event-store';
import { LOG_START, type RecordGroup } from './group';
import { GroupAssembler } from './group-assembler';

/** The whole groups of a log from its start to what is its end now, by pages; for audits. */
export async function* readToEnd(
  log: EventLog,
  prefixes: readonly string[],
  pageSize: number,
): AsyncGenerator<readonly RecordGroup[], void, void> {
  const assembler = new GroupAssembler(LOG_START);
  let position: bigint | 'start' = 'start';
  for (;;) {
    const records = await log.readAfter(position, pageSize, prefixes);
    yield records.flatMap((record) => assembler.take(record) ?? []);
    const last = records.at(-1);
    if (!last || records.length < pageSize) return;
    position = last.position;
  }
}

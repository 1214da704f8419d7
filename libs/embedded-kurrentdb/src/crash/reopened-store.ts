import { EventStore } from '../storage/event-store';
import { decodeRecordedEvent } from '../storage/recorded-event';
import { planOf } from './append-plan';

/** What the process had said before it ended, by number of the append. */
export interface Said {
  readonly tried: ReadonlySet<number>;
  readonly acknowledged: ReadonlySet<number>;
  readonly refused: ReadonlySet<number>;
}

/** Sorts the lines of a run. */
export function saidBy(lines: readonly string[]): Said {
  const numbers = (word: string) =>
    new Set(
      lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(' ')[1])),
    );
  return {
    tried: numbers('try'),
    acknowledged: numbers('acknowledged'),
    refused: numbers('refused'),
  };
}

interface Found {
  readonly n: number;
  readonly stream: string;
  readonly revision: number;
}

/**
 * Opens the folder and names everything that breaks a promise: an acknowledged append that is missing or
 * in part, a refused or never sent one that is there, a log and index that disagree.
 */
export async function brokenPromises(
  dataDir: string,
  said: Said,
  count: number,
): Promise<string[]> {
  const store = await EventStore.open({ dataDir, command: 'crash check' });
  try {
    const broken: string[] = [];
    const log = readLog(store);
    checkAppends(log, said, count, broken);
    checkIndex(store, log, broken);
    return broken;
  } finally {
    await store.close();
  }
}

function readLog(store: EventStore): Found[] {
  const found: Found[] = [];
  let from = 0;
  for (let done = false; !done;) {
    const page = store.log.forwards(from, (event) => {
      const { data, streamName } = decodeRecordedEvent(event.record);
      const { n } = JSON.parse(data.toString()) as { n: number };
      found.push({ n, stream: streamName, revision: event.revision });
      return true;
    });
    from = page.next;
    done = page.done;
  }
  return found;
}

function checkAppends(log: readonly Found[], said: Said, count: number, broken: string[]): void {
  const streamsOf = new Map<number, string[]>();
  for (const { n, stream } of log) streamsOf.set(n, [...(streamsOf.get(n) ?? []), stream]);
  for (const { n, streams } of planOf(count)) {
    const there = streamsOf.get(n) ?? [];
    if (said.acknowledged.has(n) && there.length === 0) broken.push(`acknowledged ${n} is lost`);
    if (said.refused.has(n) && there.length > 0) broken.push(`refused ${n} is there`);
    if (!said.tried.has(n) && there.length > 0) broken.push(`${n} was never sent and is there`);
    if (there.length > 0 && [...there].sort().join() !== [...streams].sort().join()) {
      broken.push(`${n} is there in part: ${there.join()} instead of ${streams.join()}`);
    }
  }
}

/** Every stream, read through the index, holds what the log holds, without a gap. */
function checkIndex(store: EventStore, log: readonly Found[], broken: string[]): void {
  const streams = new Map<string, number[]>();
  for (const { stream, n } of log) streams.set(stream, [...(streams.get(stream) ?? []), n]);
  for (const [stream, expected] of streams) {
    const view = store.streams.view(Buffer.from(stream));
    const read: number[] = [];
    if (view.kind === 'readable') {
      store.streams.forwards(view.record, 0, (event) => {
        if (event.revision !== read.length) broken.push(`${stream} has a gap at ${read.length}`);
        read.push((JSON.parse(decodeRecordedEvent(event.record).data.toString()) as Found).n);
        return true;
      });
    }
    if (read.join() !== expected.join()) broken.push(`${stream}: index ${read}, log ${expected}`);
  }
}

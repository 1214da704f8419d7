import { decideStreams, repeated, write, type Append, type AppendOutcome } from './append';
import {
  checkCommit,
  expectAny,
  expectNoStream,
  expectStreamExists,
  isTombstoned,
  type Decision,
  type Expected,
} from './commit-check';
import type { LogWriter } from './log-writer';

/** Events for streams, all or none, under checks on these and others. */
export interface CheckedAppend {
  /** Keys (stream-name.ts) of the streams that are written, in order of their first event. */
  readonly streams: readonly string[];
  readonly events: Append['events'];
  /** What is expected of streams, by key, written or not; in order. */
  readonly checks: ReadonlyMap<string, Expected>;
}

/**
 * A check that did not hold. Actual: a revision, -1 no stream, -5 soft deleted, -6 tombstoned.
 */
export interface Violation {
  readonly checkIndex: number;
  readonly stream: string;
  readonly expected: Expected;
  readonly actual: number;
}

export const actualSoftDeleted = -5;
export const actualTombstoned = -6;

type Done = Extract<AppendOutcome, { kind: 'appended' }>;

export type RecordsOutcome =
  Done | { readonly kind: 'violated'; readonly violations: readonly Violation[] };

/**
 * One atomic append under checks. Streams that are written without a check are expected in any
 * state and count as checks after the given ones. Either everything is written, or every failing
 * check is named.
 */
export function appendChecked(
  writer: LogWriter,
  { streams: keys, events, checks }: CheckedAppend,
): RecordsOutcome {
  let checked = 0;
  const streams = keys.map((key) => {
    const expected = checks.get(key);
    if (expected !== undefined) checked++;
    return { key, expected: expected ?? expectAny, record: writer.find(key) };
  });
  const decisions = decideStreams(writer, streams, events);
  // All of it was written before: that is the answer, whatever has happened to checked streams
  // since.
  if (decisions.every(({ kind }) => kind === 'repeated')) {
    return repeated(writer, streams, decisions) as Done;
  }
  const failed: FailedCheck[] = [];
  decisions.forEach((decision, i) => {
    const actual = actualOf(decision);
    if (actual !== undefined) failed.push({ ...streams[i]!, actual });
  });
  if (checked < checks.size) {
    const written = new Set(keys);
    for (const [key, expected] of checks) {
      const actual = written.has(key) ? undefined : checkUnwritten(writer, key, expected);
      if (actual !== undefined) failed.push({ key, expected, actual });
    }
  }
  if (failed.length > 0) return { kind: 'violated', violations: violations(failed, keys, checks) };
  return write(writer, streams, events, decisions) as Done;
}

interface FailedCheck {
  readonly key: string;
  readonly expected: Expected;
  readonly actual: number;
}

/** Numbers the checks: the given ones, then the streams without one in order. */
function violations(
  failed: readonly FailedCheck[],
  keys: readonly string[],
  checks: CheckedAppend['checks'],
): Violation[] {
  const indexes = new Map([...checks.keys()].map((key, i) => [key, i]));
  for (const key of keys) if (!indexes.has(key)) indexes.set(key, indexes.size);
  return failed
    .map(({ key: stream, expected, actual }) => {
      return { checkIndex: indexes.get(stream)!, stream, expected, actual };
    })
    .sort((a, b) => a.checkIndex - b.checkIndex);
}

/**
 * The actual state of a stream that stands in the way; a repeat does when not everything is one.
 */
function actualOf(decision: Decision): number | undefined {
  if (decision.kind === 'deleted') return decision.soft ? actualSoftDeleted : actualTombstoned;
  return decision.kind === 'ok' ? undefined : decision.current;
}

/** Checks a stream that the append does not write; the actual state when the check fails. */
function checkUnwritten(writer: LogWriter, key: string, expected: Expected): number | undefined {
  const record = writer.find(key);
  if (isTombstoned(writer, key, record)) {
    return expected === expectNoStream ? undefined : actualTombstoned;
  }
  const current = record?.lastRevision ?? -1;
  if (expected === expectNoStream) {
    return current < 0 || record!.softDeleted ? undefined : current;
  }
  if (expected === expectStreamExists) {
    return actualOf(checkCommit(writer, { key, record, expected }, () => []));
  }
  return expected === current ? undefined : current;
}

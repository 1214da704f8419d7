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

/** A condition on a stream, written by the append or not. */
export interface Check {
  readonly name: Buffer;
  readonly expected: Expected;
}

/**
 * A check that did not hold. Actual: a revision, -1 no stream, -5 soft deleted, -6 tombstoned.
 */
export interface Violation {
  readonly checkIndex: number;
  readonly name: Buffer;
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
  names: readonly Buffer[],
  events: Append['events'],
  checks: readonly Check[],
): RecordsOutcome {
  const indexOf = new Map(checks.map(({ name }, i) => [name.toString('latin1'), i]));
  let unchecked = checks.length;
  const checkIndexes = names.map((name) => indexOf.get(name.toString('latin1')) ?? unchecked++);
  const streams = names.map((name, i) => {
    return { name, expected: checks[checkIndexes[i]!]?.expected ?? expectAny };
  });
  const decisions = decideStreams(writer, streams, events);
  // All of it was written before: that is the answer, whatever has happened to checked streams
  // since.
  if (decisions.every(({ kind }) => kind === 'repeated')) {
    return repeated(writer, streams, decisions) as Done;
  }
  const violations: Violation[] = [];
  decisions.forEach((decision, i) => {
    const actual = actualOf(decision);
    if (actual === undefined) return;
    violations.push({ checkIndex: checkIndexes[i]!, ...streams[i]!, actual });
  });
  const written = new Set(names.map((name) => name.toString('latin1')));
  checks.forEach((check, checkIndex) => {
    if (written.has(check.name.toString('latin1'))) return;
    const actual = checkUnwritten(writer, check);
    if (actual !== undefined) violations.push({ checkIndex, ...check, actual });
  });
  if (violations.length > 0) {
    violations.sort((a, b) => a.checkIndex - b.checkIndex);
    return { kind: 'violated', violations };
  }
  return write(writer, streams, events, decisions) as Done;
}

/**
 * The actual state of a stream that stands in the way; a repeat does when not everything is one.
 */
function actualOf(decision: Decision): number | undefined {
  if (decision.kind === 'deleted') return decision.soft ? actualSoftDeleted : actualTombstoned;
  return decision.kind === 'ok' ? undefined : decision.current;
}

/** Checks a stream that the append does not write; the actual state when the check fails. */
function checkUnwritten(writer: LogWriter, { name, expected }: Check): number | undefined {
  const record = writer.find(name);
  if (isTombstoned(writer, name, record)) {
    return expected === expectNoStream ? undefined : actualTombstoned;
  }
  const current = record?.lastRevision ?? -1;
  if (expected === expectNoStream) {
    return current < 0 || record!.softDeleted ? undefined : current;
  }
  if (expected === expectStreamExists) return actualOf(checkCommit(writer, name, expected, []));
  return expected === current ? undefined : current;
}

import { checkCommit, type Decision, type Expected } from './commit-check';
import { isMetadataStream, type LogWriter } from './log-writer';
import { canRead } from './readable';
import type { ProposedEvent } from './stored-event';
import type { StreamRecord } from './stream-record';

/** A stream that an append writes to or checks. */
export interface StreamExpectation {
  readonly name: Buffer;
  readonly expected: Expected;
}

/** One atomic append: events over any number of streams, each with its place in `streams`. */
export interface Append {
  /** The streams that are written, in order of their first event. */
  readonly streams: readonly StreamExpectation[];
  readonly events: readonly { readonly stream: number; readonly event: ProposedEvent }[];
}

/** A stream's part of an append that was done, now or before. */
export interface AppendedStream {
  readonly name: Buffer;
  readonly revision: number;
}

export type AppendOutcome =
  | {
      readonly kind: 'appended';
      readonly streams: readonly AppendedStream[];
      /**
       * Position of the append's last event; undefined when a repeat's event can no longer be
       * read.
       */
      readonly position: number | undefined;
    }
  | { readonly kind: 'refused'; readonly stream: number; readonly decision: Refusal };

export type Refusal = Extract<Decision, { kind: 'wrong' | 'deleted' }>;

/** Decides on every stream first and writes only when all agree, so a refusal leaves no trace. */
export function append(writer: LogWriter, { streams, events }: Append): AppendOutcome {
  const decisions = decideStreams(writer, streams, events);
  const refused = decisions.findIndex(({ kind }) => kind === 'wrong' || kind === 'deleted');
  if (refused >= 0) {
    return { kind: 'refused', stream: refused, decision: decisions[refused] as Refusal };
  }
  const fresh = decisions.findIndex(({ kind }) => kind === 'ok');
  const known = decisions.findIndex(({ kind }) => kind === 'repeated');
  if (known >= 0 && fresh >= 0) {
    const { current } = decisions[known]!;
    const decision: Refusal = { kind: 'wrong', current, corrupted: true };
    return { kind: 'refused', stream: known, decision };
  }
  if (known >= 0) return repeated(writer, streams, decisions);
  return write(writer, streams, events, decisions);
}

/** The commit check of every written stream, in order. */
export function decideStreams(
  writer: LogWriter,
  streams: readonly StreamExpectation[],
  events: Append['events'],
): Decision[] {
  const ids: string[][] = streams.map(() => []);
  for (const { stream, event } of events) ids[stream]!.push(event.id);
  return streams.map(({ name, expected }, i) => checkCommit(writer, name, expected, ids[i]!));
}

/** Answers a repeated append with what the first one did. */
export function repeated(
  writer: LogWriter,
  streams: readonly StreamExpectation[],
  decisions: readonly Decision[],
): AppendOutcome {
  let position: number | undefined;
  const done = streams.map(({ name }, i) => {
    const decision = decisions[i] as Extract<Decision, { kind: 'repeated' }>;
    const record = writer.find(name)!;
    const event = canRead(record, decision.last) ? writer.event(record, decision.last) : undefined;
    if (event) position = Math.max(position ?? 0, event.position);
    return { name, revision: decision.last };
  });
  return { kind: 'appended', streams: done, position };
}

/** Writes the events of an append that every check allowed. */
export function write(
  writer: LogWriter,
  streams: readonly StreamExpectation[],
  events: Append['events'],
  decisions: readonly Decision[],
): AppendOutcome {
  if (events.length === 0) return nothing(writer, streams, decisions);
  const records = streams.map(({ name }) => writer.obtain(name));
  records.forEach((record, i) => {
    const decision = decisions[i]!;
    if (decision.kind === 'ok' && decision.undelete) writer.undelete(record);
  });
  const undeleted = softDeletedBases(writer, streams);
  let position = 0;
  for (const { stream, event } of events) {
    position = writer.write(records[stream]!, event).position;
  }
  const done = records.map(({ name, lastRevision }) => ({ name, revision: lastRevision }));
  for (const base of undeleted) writer.undelete(base);
  return { kind: 'appended', streams: done, position };
}

/**
 * Metadata written for a soft-deleted stream undelete it: the original then adds its own `$tb` to
 * them.
 */
function softDeletedBases(
  writer: LogWriter,
  streams: readonly StreamExpectation[],
): StreamRecord[] {
  return streams
    .filter(({ name }) => isMetadataStream(name))
    .map(({ name }) => writer.find(name.subarray(2)))
    .filter((base) => base !== undefined)
    .filter(({ softDeleted }) => softDeleted);
}

/**
 * The original answers an empty append with the current revision, or 0 for a stream that is none.
 */
function nothing(
  writer: LogWriter,
  streams: readonly StreamExpectation[],
  decisions: readonly Decision[],
): AppendOutcome {
  const { name } = streams[0]!;
  const position = writer.writeNothing(name);
  const revision = Math.max(0, decisions[0]!.current);
  return { kind: 'appended', streams: [{ name, revision }], position };
}

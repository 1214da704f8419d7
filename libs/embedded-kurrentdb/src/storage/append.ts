import { checkCommit, type Decision, type Expected, type ExpectedStream } from './commit-check';
import type { LogWriter } from './log-writer';
import { canRead } from './readable';
import type { ProposedEvent } from './stored-event';
import { baseOf, isMetadataStream, streamKeyOf } from './stream-name';
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
  /** Its key (stream-name.ts). */
  readonly stream: string;
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
export function append(writer: LogWriter, { streams: named, events }: Append): AppendOutcome {
  const streams = named.map(({ name, expected }) => {
    const key = streamKeyOf(name);
    return { key, expected, record: writer.find(key) };
  });
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
  streams: readonly ExpectedStream[],
  events: Append['events'],
): Decision[] {
  let ids: string[][] | undefined;
  return streams.map((stream, i) =>
    checkCommit(writer, stream, () => (ids ??= idsOf(streams.length, events))[i]!),
  );
}

function idsOf(streams: number, events: Append['events']): string[][] {
  const ids: string[][] = Array.from({ length: streams }, () => []);
  for (const { stream, event } of events) ids[stream]!.push(event.id);
  return ids;
}

/** Answers a repeated append with what the first one did. */
export function repeated(
  writer: LogWriter,
  streams: readonly ExpectedStream[],
  decisions: readonly Decision[],
): AppendOutcome {
  let position: number | undefined;
  const done = streams.map(({ key, record }, i) => {
    const { last } = decisions[i] as Extract<Decision, { kind: 'repeated' }>;
    const event = record && canRead(record, last) ? writer.event(record, last) : undefined;
    if (event) position = Math.max(position ?? 0, event.position);
    return { stream: key, revision: last };
  });
  return { kind: 'appended', streams: done, position };
}

/** Writes the events of an append that every check allowed. */
export function write(
  writer: LogWriter,
  streams: readonly ExpectedStream[],
  events: Append['events'],
  decisions: readonly Decision[],
): AppendOutcome {
  if (events.length === 0) return nothing(writer, streams, decisions);
  const records = streams.map(({ key, record }) => record ?? writer.create(key));
  for (let i = 0; i < records.length; i++) {
    const decision = decisions[i]!;
    if (decision.kind === 'ok' && decision.undelete) writer.undelete(records[i]!);
  }
  const undeleted = softDeletedBases(writer, streams);
  let position = 0;
  for (const { stream, event } of events) position = writer.write(records[stream]!, event);
  const done = records.map(({ key, lastRevision }) => ({ stream: key, revision: lastRevision }));
  for (const base of undeleted) writer.undelete(base);
  return { kind: 'appended', streams: done, position };
}

/**
 * Metadata written for a soft-deleted stream undelete it: the original then adds its own `$tb` to
 * them.
 */
function softDeletedBases(writer: LogWriter, streams: readonly ExpectedStream[]): StreamRecord[] {
  const bases: StreamRecord[] = [];
  for (const { key } of streams) {
    const base = isMetadataStream(key) ? writer.find(baseOf(key)) : undefined;
    if (base?.softDeleted) bases.push(base);
  }
  return bases;
}

/**
 * The original answers an empty append with the current revision, or 0 for a stream that is none.
 */
function nothing(
  writer: LogWriter,
  streams: readonly ExpectedStream[],
  decisions: readonly Decision[],
): AppendOutcome {
  const { key } = streams[0]!;
  const position = writer.writeNothing(key);
  const revision = Math.max(0, decisions[0]!.current);
  return { kind: 'appended', streams: [{ stream: key, revision }], position };
}

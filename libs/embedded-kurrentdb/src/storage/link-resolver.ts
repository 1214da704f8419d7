import { ProtoWriter } from '../protobuf/writer';
import { frame } from '../grpc/framing';
import { decodeRecordedEvent } from './recorded-event';
import type { StoredEvent } from './stored-event';
import { EventFlag } from './stored-event';
import type { StreamReader } from './stream-reader';

/**
 * The two sides of a resolved link, as bytes of `RecordedEvent`; `event` is missing when it is
 * gone.
 */
export interface ResolvedLink {
  readonly event: Buffer | undefined;
  readonly link: Buffer;
  readonly position: number;
}

/**
 * Follows a link event to the event it names; undefined for an event that is no link or names
 * none.
 */
export function resolveLink(streams: StreamReader, event: StoredEvent): ResolvedLink | undefined {
  if (!(event.flags & EventFlag.Link)) return undefined;
  // The next look-up overwrites the memory that the event is a view of.
  const link = Buffer.from(event.record);
  const { position } = event;
  const target = parseTarget(decodeRecordedEvent(link).data.toString('utf8'));
  if (!target) return undefined;
  const found = streams.readable(target.stream, target.revision);
  return { event: found && Buffer.from(found.record), link, position };
}

/** The framed `ReadResp` of a resolved link. */
export function resolvedFrame({ event, link, position }: ResolvedLink): Buffer {
  const message = new ProtoWriter().message(1, (readEvent) => {
    if (event) readEvent.bytes(1, event);
    readEvent.bytes(2, link).uint64(3, position);
  });
  return frame(message.finish());
}

function parseTarget(text: string): { revision: number; stream: Buffer } | undefined {
  const match = /^(\d{1,19})@([\s\S]+)$/.exec(text);
  return match ? { revision: Number(match[1]), stream: Buffer.from(match[2]!) } : undefined;
}

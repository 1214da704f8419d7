import { frame } from '../grpc/framing';
import { ProtoReader } from '../protobuf/reader';
import { ProtoWriter } from '../protobuf/writer';
import { decodeRecordedEvent } from '../storage/recorded-event';
import type { StoredEvent } from '../storage/stored-event';
import { resolveLink } from '../storage/link-resolver';
import type { StreamReader } from '../storage/stream-reader';
import type { ConsumerStrategyName } from './group-settings';
import type { GroupMessage } from './group-message';

/** An event as a group delivers it: bytes of `RecordedEvent`, with the link that led to it. */
export interface GroupEvent {
  /** Missing when a link leads nowhere. */
  readonly record: Buffer | undefined;
  readonly link: Buffer | undefined;
  /** Position and revision of the link when there is one, else of the event. */
  readonly position: number;
  readonly revision: number;
}

/** A copy of a stored event that stays valid through later look-ups. */
export function copyOf(event: StoredEvent): StoredEvent {
  return event.copy();
}

/** The event as a group keeps it; links are followed when asked for. `event` must be a copy. */
export function groupEvent(
  streams: StreamReader,
  event: StoredEvent,
  resolveLinkTos: boolean,
): GroupEvent {
  const { position, revision } = event;
  const resolved = resolveLinkTos ? resolveLink(streams, event) : undefined;
  if (!resolved) return { record: event.record, link: undefined, position, revision };
  return { record: resolved.event, link: resolved.link, position, revision };
}

/** Bytes that the event holds in memory. */
export const bytesOf = ({ record, link }: GroupEvent): number =>
  (record?.length ?? 0) + (link?.length ?? 0);

/** What the data of a link to this event says: revision and stream. */
export function linkTarget({ record, link }: GroupEvent): Buffer {
  if (!record) return link ? decodeRecordedEvent(link).data : Buffer.alloc(0);
  return Buffer.from(`${revisionOf(record)}@${decodeRecordedEvent(record).streamName}`);
}

/** The framed `ReadResp` of a message. A group shows link and event at the link's position. */
export function messageFrame(message: GroupMessage<GroupEvent>, uuidText: boolean): Buffer {
  const { record, link, position } = message.event;
  const shown = (bytes: Buffer, moved: boolean) => {
    const parts = [bytes];
    // Of a field that comes twice the last one counts, so the stored bytes need no decoding.
    if (moved) parts.push(new ProtoWriter().uint64(4, position).uint64(5, position).finish());
    if (!uuidText) parts.push(structuredId(bytes));
    return parts.length === 1 ? bytes : Buffer.concat(parts);
  };
  const response = new ProtoWriter().message(1, (readEvent) => {
    if (record) readEvent.bytes(1, shown(record, link !== undefined));
    if (link) readEvent.bytes(2, shown(link, false));
    readEvent.uint64(3, position).int64(5, message.retryCount);
  });
  return frame(response.finish());
}

/** The first answer of a consumer's call. */
export const confirmationFrame = (subscriptionId: string): Buffer =>
  frame(new ProtoWriter().message(2, (nested) => nested.string(1, subscriptionId)).finish());

/** The text by which pinned strategies keep events together: their stream or their correlation id. */
export function affinityOf(event: GroupEvent, strategy: ConsumerStrategyName): string {
  const bytes = event.record ?? event.link;
  if (!bytes) return '';
  const { streamName, metadata, type, data } = decodeRecordedEvent(bytes);
  if (strategy === 'PinnedByCorrelation') {
    const correlation = correlationIdOf(metadata);
    if (correlation !== undefined) return correlation;
  }
  if (type !== '$>') return streamName;
  const target = data.toString('utf8');
  const at = target.indexOf('@');
  return at === -1 ? streamName : target.slice(at + 1);
}

function correlationIdOf(metadata: Buffer): string | undefined {
  if (metadata.length === 0) return undefined;
  try {
    const parsed = JSON.parse(metadata.toString('utf8')) as { $correlationId?: unknown } | null;
    return typeof parsed?.$correlationId === 'string' ? parsed.$correlationId : undefined;
  } catch {
    return undefined;
  }
}

/** A `RecordedEvent` begins with its id as text: tag, length, tag, length, 36 characters. */
function structuredId(record: Buffer): Buffer {
  const hex = record.toString('latin1', 4, 40).replaceAll('-', '');
  const half = (from: number) => BigInt(`0x${hex.slice(from, from + 16)}`);
  return new ProtoWriter()
    .message(1, (id) =>
      id.message(1, (halves) => halves.bigUint64(1, half(0)).bigUint64(2, half(16))),
    )
    .finish();
}

function revisionOf(record: Buffer): number {
  const reader = new ProtoReader(record);
  while (reader.next()) {
    if (reader.field === 3) return reader.uint64();
    reader.skip();
  }
  return 0;
}

import type { ProtoWriter } from '../protobuf/writer';
import type { Consumer } from './consumer';
import type { ConsumerGroup } from './consumer-group';
import type { GroupSettings } from './group-settings';
import { allStream, type GroupName } from './requests';

/** What is known of a group beside its own state. */
export interface GroupFacts extends GroupName {
  readonly settings: GroupSettings;
  readonly parkedCount: bigint;
}

/** Rates since the information was last asked for. */
export class Meter {
  #items = 0;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  measure(items: number, now: number): { since: number; perSecond: number } {
    const since = items - this.#items;
    const elapsedMs = now - this.#at;
    this.#items = items;
    this.#at = now;
    return { since, perSecond: elapsedMs > 0 ? Math.trunc((since * 1_000) / elapsedMs) : 0 };
  }
}

/** Writes `SubscriptionInfo`. */
export function writeGroupInformation<E>(
  writer: ProtoWriter,
  facts: GroupFacts,
  group: ConsumerGroup<E>,
  meter: Meter,
  now: number,
): void {
  const { settings } = facts;
  const counts = group.counts;
  const rate = meter.measure(counts.totalItems, now);
  const place = (value: bigint | undefined) =>
    value === undefined ? '' : placeText(facts.stream, value);
  writer.string(1, facts.stream).string(2, facts.group).string(3, group.status);
  let inFlight = 0;
  for (const consumer of group.consumers.values()) {
    inFlight += consumer.unconfirmed.size;
    writer.message(4, (nested) => writeConsumer(nested, consumer, rate));
  }
  writer
    .int64(5, rate.perSecond)
    .int64(6, counts.totalItems)
    .int64(7, rate.since)
    .string(8, place(counts.checkpoint))
    .string(9, place(counts.lastKnown))
    .bool(10, settings.resolveLinkTos)
    .string(11, startText(facts.stream, settings))
    .int64(12, settings.messageTimeoutMs)
    .bool(13, settings.extraStatistics)
    .int64(14, settings.maxRetryCount)
    .int64(15, settings.liveBufferSize)
    .int64(16, settings.historyBufferSize)
    .int64(17, settings.readBatchSize)
    .int64(18, settings.checkpointAfterMs)
    .int64(19, settings.minCheckpointCount)
    .int64(20, settings.maxCheckpointCount)
    .int64(21, counts.fresh)
    .int64(22, counts.live)
    .int64(23, counts.retry)
    .int64(24, inFlight)
    .int64(25, counts.outstanding)
    .string(26, settings.strategy)
    .int64(27, settings.maxSubscriberCount)
    .bigUint64(28, facts.parkedCount);
}

function writeConsumer<E>(
  writer: ProtoWriter,
  consumer: Consumer<E>,
  group: { since: number; perSecond: number },
): void {
  const since = consumer.totalItems - consumer.itemsAtLastMeasurement;
  consumer.itemsAtLastMeasurement = consumer.totalItems;
  const share = group.since > 0 ? Math.trunc((group.perSecond * since) / group.since) : 0;
  writer
    .string(1, '')
    .string(2, consumer.identity.user)
    .int64(3, share)
    .int64(4, consumer.totalItems)
    .int64(5, since);
  for (const { key, value } of consumer.times?.measurements() ?? []) {
    writer.message(6, (measurement) => measurement.string(1, key).int64(2, value));
  }
  writer
    .int64(7, consumer.freeSlots)
    .int64(8, consumer.unconfirmed.size)
    .string(9, consumer.identity.connectionName);
}

/** A place as the original writes it: a revision, or a position of the log. */
export function placeText(stream: string, place: bigint): string {
  return stream === allStream ? `C:${place}/P:${place}` : String(place);
}

/** Reads what `placeText` wrote; undefined for anything else. */
export function placeFromText(stream: string, text: unknown): bigint | undefined {
  if (typeof text !== 'string') return undefined;
  const pattern = stream === allStream ? /^C:(\d+)\/P:\d+$/ : /^(\d+)$/;
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

function startText(stream: string, settings: GroupSettings): string {
  const start = settings.startFrom;
  const isAll = stream === allStream;
  if (start.at === 'start') return isAll ? 'C:0/P:0' : '0';
  if (start.at === 'end') return isAll ? 'C:-1/P:-1' : '-1';
  return isAll ? `C:${start.commit}/P:${start.prepare}` : String(start.commit);
}

import { randomUUID } from 'node:crypto';
import { expectAny } from '../storage/commit-check';
import type { EventStore } from '../storage/event-store';
import { decodeRecordedEvent } from '../storage/recorded-event';
import type { GroupMessage } from './group-message';
import { linkTarget, type GroupEvent } from './group-event';
import { placeFromText, placeText } from './group-information';
import { StreamSource } from './group-source';
import type { GroupName } from './requests';

/** Bytes that the store accounts for, beside the payload, for one small event. */
const eventOverheadBytes = 256;
const json = 'application/json';
const adminsOnly = {
  $r: '$admins',
  $w: '$admins',
  $d: '$admins',
  $mr: '$admins',
  $mw: '$admins',
};

/** Appends one event to a stream of the server's own. */
export async function writeOwnEvent(
  store: EventStore,
  stream: string,
  type: string,
  data: Buffer,
  more: { readonly contentType?: string; readonly metadata?: Buffer } = {},
): Promise<void> {
  const metadata = more.metadata ?? Buffer.alloc(0);
  const event = {
    id: randomUUID(),
    type: Buffer.from(type),
    contentType: more.contentType ?? json,
    metadata,
    data,
  };
  const bytes = data.length + metadata.length + stream.length + eventOverheadBytes;
  const outcome = await store.append(
    {
      streams: [{ name: Buffer.from(stream), expected: expectAny }],
      events: [{ stream: 0, event }],
    },
    bytes,
  );
  if (outcome.kind !== 'appended') throw new Error(`${stream} refuses what the server writes`);
}

/** Sets the metadata of a stream of the server's own. */
export const writeOwnMetadata = (store: EventStore, stream: string, metadata: object) =>
  writeOwnEvent(store, `$$${stream}`, '$metadata', Buffer.from(JSON.stringify(metadata)));

/** The data of the newest event of a stream; undefined when there is none. */
export function newestData(store: EventStore, stream: string): Buffer | undefined {
  const view = store.streams.view(Buffer.from(stream));
  if (view.kind !== 'readable') return undefined;
  let data: Buffer | undefined;
  store.streams.backwards(view.record, view.record.lastRevision, (event) => {
    data = Buffer.from(decodeRecordedEvent(event.record).data);
    return false;
  });
  return data;
}

/** The two streams of a group: its checkpoints, and links to the messages it parked. */
export class GroupStreams {
  readonly parked: StreamSource;
  private readonly checkpointStream: string;
  private readonly parkedStream: string;
  private writing: Promise<void> | undefined;
  private wanted: bigint | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly name: GroupName,
  ) {
    const key = `$persistentsubscription-${name.stream}::${name.group}`;
    this.checkpointStream = `${key}-checkpoint`;
    this.parkedStream = `${key}-parked`;
    this.parked = new StreamSource(store, this.parkedStream);
  }

  loadCheckpoint(): bigint | undefined {
    const data = newestData(this.store, this.checkpointStream);
    if (!data) return undefined;
    try {
      return placeFromText(this.name.stream, JSON.parse(data.toString('utf8')));
    } catch {
      return undefined;
    }
  }

  /** Stores the place. One write at a time; of places that come meanwhile only the last is stored. */
  writeCheckpoint(place: bigint): Promise<void> {
    this.wanted = place;
    this.writing ??= this.writeWanted().finally(() => (this.writing = undefined));
    return this.writing;
  }

  /** Resolves when no checkpoint is being written any more. */
  async settled(): Promise<void> {
    await this.writing?.catch(() => undefined);
  }

  /** Adds a link to the message to the parked stream. */
  park(message: GroupMessage<GroupEvent>, reason: string): Promise<void> {
    const metadata = {
      added: new Date().toISOString(),
      reason,
      subscriptionEventNumber: message.event.revision,
    };
    return writeOwnEvent(this.store, this.parkedStream, '$>', linkTarget(message.event), {
      contentType: 'application/octet-stream',
      metadata: Buffer.from(JSON.stringify(metadata)),
    });
  }

  get parkedCount(): bigint {
    const { first, end } = this.parked.extent();
    return end - first;
  }

  /** Forgets the parked messages before this revision: they were replayed. */
  truncateParked(before: bigint): Promise<void> {
    const metadata = { $tb: Number(before), $acl: adminsOnly };
    return writeOwnMetadata(this.store, this.parkedStream, metadata);
  }

  async delete(): Promise<void> {
    await this.settled();
    for (const stream of [this.checkpointStream, this.parkedStream]) {
      const name = Buffer.from(stream);
      if (this.store.streams.view(name).kind !== 'readable') continue;
      await this.store.delete(name, expectAny, false);
    }
  }

  private async writeWanted(): Promise<void> {
    if (this.store.streams.lastRevision(Buffer.from(this.checkpointStream)) < 0) {
      // Only the newest counts; without a limit the stream would grow for as long as the group lives.
      const metadata = { $maxCount: 2, $acl: { ...adminsOnly, $mr: '$all' } };
      await writeOwnMetadata(this.store, this.checkpointStream, metadata);
    }
    while (this.wanted !== undefined) {
      const text = placeText(this.name.stream, this.wanted);
      this.wanted = undefined;
      const data = Buffer.from(JSON.stringify(text));
      await writeOwnEvent(this.store, this.checkpointStream, '$SubscriptionCheckpoint', data);
    }
  }
}

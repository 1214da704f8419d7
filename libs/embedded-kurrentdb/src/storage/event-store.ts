import { EmbeddedStore, type GroupCommitLimits } from '@daybook/embedded-store';
import { append, type Append, type AppendOutcome } from './append';
import type { Expected } from './commit-check';
import { Databases } from './databases';
import { deleteStream } from './delete';
import { KnownEventIds } from './known-event-ids';
import { storeFormats } from './layout';
import { LinkStreams, type PendingLink } from './link-streams';
import { LogReader } from './log-reader';
import { LogWriter } from './log-writer';
import { appendChecked, type CheckedAppend, type RecordsOutcome } from './record-checks';
import { scavenge, type ScavengeReport } from './scavenge';
import { streamKeyOf } from './stream-name';
import { StreamReader } from './stream-reader';
import { Watchers } from './watchers';

export interface EventStoreOptions {
  readonly dataDir: string;
  readonly command: string;
  /** Called once when a commit failed: nothing may be served any more. */
  readonly onPoisoned?: (error: Error) => void;
  readonly limits?: GroupCommitLimits;
  /** Keep `$ce-`, `$et-`, `$bc-` and `$streams` up to date with every write. */
  readonly linkStreams?: boolean;
  /** How much the log grows before records of streams are saved; see UnsavedRecords. */
  readonly generationBytes?: number;
}

/** Counts include what was scavenged; the log's end is a position. */
export interface StoreStatistics {
  readonly events: number;
  readonly streams: number;
  readonly logEnd: number;
}

const knownIdsMax = 100_000;
/** What an event costs in memory beside its bytes, so that those without any are not for free. */
export const eventOverheadBytes = 256;
const projectionsKey = Buffer.from('projections');

/**
 * The event store: durable appends, reads of streams and of the log, and news of what was written.
 */
export class EventStore {
  readonly watchers = new Watchers();
  readonly streams: StreamReader;
  readonly log: LogReader;

  private constructor(
    readonly store: EmbeddedStore,
    readonly databases: Databases,
    private readonly writer: LogWriter,
  ) {
    this.streams = new StreamReader(databases);
    this.log = new LogReader(databases, writer.nextPosition);
  }

  /** Opens or creates the store of the folder; see EmbeddedStore.open for the refusals. */
  static async open(options: EventStoreOptions): Promise<EventStore> {
    let opened: EventStore | undefined = undefined as EventStore | undefined;
    const store = await EmbeddedStore.open({
      dataDir: options.dataDir,
      command: options.command,
      ...storeFormats,
      limits: options.limits,
      observer: {
        ending: () => opened?.writer.flush(),
        committed: () => opened?.committed(),
        failed: (error) => options.onPoisoned?.(error),
      },
    });
    try {
      const databases = new Databases(store, options.generationBytes);
      const links = options.linkStreams ? new LinkStreams() : undefined;
      const writer = new LogWriter(databases, new KnownEventIds(knownIdsMax), links);
      opened = new EventStore(store, databases, writer);
      return opened;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Appends events to one or several streams, each expected in some state, all or none. */
  append(request: Append, bytes: number): Promise<AppendOutcome> {
    const cost = bytes + request.events.length * eventOverheadBytes;
    return this.store.commits.submit(() => append(this.writer, request), cost);
  }

  /** Appends events to streams under checks on these and others, all or none. */
  appendChecked(request: CheckedAppend, bytes: number): Promise<RecordsOutcome> {
    const cost = bytes + request.events.length * eventOverheadBytes;
    return this.store.commits.submit(() => appendChecked(this.writer, request), cost);
  }

  /** Deletes a stream softly or for ever. */
  delete(name: Buffer, expected: Expected, forEver: boolean): Promise<AppendOutcome> {
    return this.store.commits.submit(() => deleteStream(this.writer, name, expected, forEver));
  }

  /** Writes links, and with them how far the projections that write them have come. */
  writeLinks(links: readonly PendingLink[], projectionState: Buffer): Promise<void> {
    return this.store.commits.submit(() => {
      for (const { stream, event } of links)
        this.writer.write(this.writer.obtain(streamKeyOf(stream)), event);
      this.databases.state.putSync(projectionsKey, projectionState);
    });
  }

  /** What `writeLinks` was last given. */
  projectionState(): Buffer | undefined {
    return this.databases.state.getBinary(projectionsKey);
  }

  /** Figures about the store as it is now. */
  statistics(): StoreStatistics {
    const { eventCount, streamCount, nextPosition } = this.writer;
    return { events: eventCount, streams: streamCount, logEnd: nextPosition };
  }

  /** Frees what can no longer be read, while the store is in use. */
  async scavenge(): Promise<ScavengeReport> {
    // Of an event that a start has to replay nothing may be missing.
    const { commits } = this.store;
    const before = await commits.submit(() => this.writer.saveAll());
    return scavenge(this.databases, commits, before);
  }

  /** As `GroupCommit.refuseWhenPoisoned`. */
  refuseWhenPoisoned(): void {
    this.store.commits.refuseWhenPoisoned();
  }

  /** Waits for what was accepted, leaves nothing to replay and closes the folder. */
  async close(): Promise<void> {
    if (!this.store.commits.poisoned && this.writer.hasUnsaved) {
      // When it fails the store is poisoned, and the next start replays.
      await this.store.commits.submit(() => this.writer.saveAll()).catch(() => undefined);
    }
    await this.store.close();
  }

  private committed(): void {
    this.log.end = this.writer.nextPosition;
    this.watchers.notify(this.writer.committed());
  }
}

import { StoreUnreachable } from '../errors';
import type { EventStore, StoredRecord } from '../event-store';
import type { Gate } from '../gate';
import { StoreUnavailable, StreamUnreadable } from './command-errors';
import type { RunnerPorts, RunnerSettings } from './runner-settings';
import { readSnapshot, type Snapshot } from './snapshot';
import type { StreamModel } from './stream-model';

/** A stream's state as the store has it; revision -1: no stream. */
export interface LoadedStream<State> {
  readonly state: State | undefined;
  readonly revision: number;
  readonly position: bigint | undefined;
  readonly recordId: string;
  readonly snapshotRevision: number;
}

/** A stream with fewer records than this is loaded without its snapshot: most have none. */
const FIRST_PAGE = 64;

/** Folds streams from the store, with snapshots, retries and a bound on reads in flight. */
export class StreamLoader<State, Event> {
  /** When the store last answered a read. */
  private answeredMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: EventStore,
    private readonly model: StreamModel<State, Event>,
    private readonly settings: RunnerSettings,
    private readonly ports: RunnerPorts,
    private readonly gate: Gate,
  ) {}

  /** The whole stream: from its snapshot where it is long and has a fitting one. */
  async load(stream: string): Promise<LoadedStream<State>> {
    const page = await this.read(stream, 0, FIRST_PAGE);
    const isShort = page.length < FIRST_PAGE;
    const snapshot = isShort ? undefined : await this.snapshotOf(stream);
    const start: LoadedStream<State> = {
      state: undefined,
      revision: -1,
      position: undefined,
      recordId: '',
      snapshotRevision: snapshot?.revision ?? -1,
    };
    if (isShort) return this.fold(stream, start, page);
    const fromSnapshot = snapshot && (await this.resume(stream, start, snapshot));
    return fromSnapshot ?? this.extend(stream, this.fold(stream, start, page));
  }

  /** What the stream holds beyond a state; the same object when there is nothing. */
  async extend(stream: string, from: LoadedStream<State>): Promise<LoadedStream<State>> {
    let loaded = from;
    for (;;) {
      const page = await this.read(stream, loaded.revision + 1, this.settings.pageRecords);
      if (page.length > 0) loaded = this.fold(stream, loaded, page);
      if (page.length < this.settings.pageRecords) return loaded;
    }
  }

  /** Undefined when the snapshot does not belong to this stream as the store has it. */
  private async resume(
    stream: string,
    start: LoadedStream<State>,
    snapshot: Snapshot<State>,
  ): Promise<LoadedStream<State> | undefined> {
    const [origin] = await this.read(stream, snapshot.revision, 1);
    if (origin?.id !== snapshot.recordId) return undefined;
    const { state, revision, recordId } = snapshot;
    return this.extend(stream, { ...start, state, revision, recordId, position: origin.position });
  }

  /** What a state becomes with the records after it. Throws `StreamUnreadable`. */
  fold(
    stream: string,
    from: LoadedStream<State>,
    records: readonly StoredRecord[],
  ): LoadedStream<State> {
    let { state, revision } = from;
    try {
      for (const record of records) {
        if (record.revision !== revision + 1) {
          throw new Error(`expected revision ${revision + 1}, found ${record.revision}`);
        }
        state = this.model.evolve(state, this.model.decode(record));
        revision = record.revision;
      }
    } catch (cause) {
      throw new StreamUnreadable(stream, { cause });
    }
    const last = records[records.length - 1];
    if (last === undefined) return from;
    return { ...from, state, revision, position: last.position, recordId: last.id };
  }

  private async snapshotOf(stream: string): Promise<Snapshot<State> | undefined> {
    const snapshots = this.model.snapshots;
    const where = snapshots?.streamOf(stream);
    if (snapshots === undefined || where === undefined) return undefined;
    try {
      return readSnapshot(snapshots, await this.gate.pass(1, () => this.store.readLast(where)));
    } catch {
      // A snapshot only saves time: without one the stream is folded from its beginning.
      return undefined;
    }
  }

  /** Reads a page, again after a lost connection; then the store counts as unavailable. */
  read(stream: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    const sinceMs = this.ports.nowMs();
    return this.gate.pass(1, async () => {
      for (let failures = 0; ; failures += 1) {
        // Thousands may have waited for their turn: they need not find out one after the other.
        if (this.isAway(sinceMs)) throw new StoreUnavailable('none');
        try {
          const records = await this.store.readStream(stream, from, limit);
          this.answeredMs = this.ports.nowMs();
          return records;
        } catch (cause) {
          if (!(cause instanceof StoreUnreachable)) throw new StreamUnreadable(stream, { cause });
          if (failures >= this.settings.readRetriesMax) {
            throw new StoreUnavailable('none', { cause });
          }
          await this.ports.sleep(this.settings.backoffMsFirst * 4 ** failures);
        }
      }
    });
  }

  /** Nobody had an answer since a read was wanted, for as long as anyone should wait. */
  private isAway(sinceMs: number): boolean {
    const lastMs = Math.max(sinceMs, this.answeredMs);
    return this.ports.nowMs() - lastMs > this.settings.unknownMsMax;
  }
}

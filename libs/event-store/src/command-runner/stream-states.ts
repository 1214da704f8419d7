import type { StoredRecord } from '../event-store';
import type { SnapshotWriter } from './snapshot-writer';
import type { StateCache } from './state-cache';
import type { Showing, StreamEntry } from './stream-entry';
import type { LoadedStream, StreamLoader } from './stream-loader';
import type { StreamModel } from './stream-model';

/** Logical time: grows with every arrival, read and append, so that they can be ordered. */
export interface LogicalClock {
  next(): number;
}

/** Brings entries in line with the store. Own writes that are under way always win over reads. */
export class StreamStates<State, Event> {
  /** Records of others that were taken over as the log brought them. */
  learned = 0;

  constructor(
    private readonly cache: StateCache<State>,
    private readonly loader: StreamLoader<State, Event>,
    private readonly model: StreamModel<State, Event>,
    private readonly clock: LogicalClock,
    private readonly snapshots: SnapshotWriter<State>,
  ) {}

  /** Makes an entry known: loads it, or what came after the state it has. */
  async load(entry: StreamEntry<State>): Promise<void> {
    entry.loading = true;
    try {
      const beganAt = this.clock.next();
      const base = entry.revision;
      this.install(entry, base, await this.readFrom(entry), beganAt);
    } finally {
      entry.loading = false;
    }
  }

  /**
   * Shows whether an entry is current, by a read that began after a logical time; callers of the
   * same time share one. What is found to be new is taken over.
   */
  show(entry: StreamEntry<State>, since: number): Promise<Showing> {
    const underWay = entry.showing;
    if (underWay === undefined) return this.beginShowing(entry);
    if (underWay.beganAt > since) return underWay.result;
    entry.nextShowing ??= underWay.result
      .catch(() => undefined)
      .then(() => {
        entry.nextShowing = undefined;
        return this.beginShowing(entry);
      });
    return entry.nextShowing;
  }

  private beginShowing(entry: StreamEntry<State>): Promise<Showing> {
    const beganAt = this.clock.next();
    const result = this.compare(entry, beganAt).finally(() => {
      entry.showing = undefined;
    });
    entry.showing = { beganAt, result };
    return result;
  }

  private async compare(entry: StreamEntry<State>, beganAt: number): Promise<Showing> {
    const { revision } = entry;
    // What the store has is then about to change by our own hand: ask again after that.
    if (entry.unacknowledged) return { revision, current: false };
    const found = await this.readFrom(entry);
    if (found.revision > revision) {
      this.install(entry, revision, found, beganAt);
      return { revision, current: false };
    }
    if (entry.firmRevision === revision) entry.shownAt = Math.max(entry.shownAt, beganAt);
    return { revision, current: true };
  }

  private readFrom(entry: StreamEntry<State>): Promise<LoadedStream<State>> {
    if (entry.revision < 0) return this.loader.load(entry.stream);
    return this.loader.extend(entry.stream, loadedIn(entry));
  }

  /**
   * Takes over a record that the log brought where it is the next one of a stream in memory with
   * nothing under way; else an own append, or a read, will tell. False when it was known already.
   */
  learn(record: StoredRecord): boolean {
    if (!this.cache.get(record.stream)?.wanted) return false;
    // Held, as an entry that was packed is an object from here on until it is let go of.
    const entry = this.cache.pin(record.stream, true);
    try {
      if (record.revision <= entry.revision) return false;
      const next = record.revision === entry.revision + 1;
      if (next && entry.known && entry.settled) {
        const found = this.loader.fold(entry.stream, loadedIn(entry), [record]);
        // Others may have written more since: no evidence began yet that it is the newest.
        this.take(entry, found, -1);
        this.learned += 1;
      }
    } catch {
      // It cannot be read by this version: the command that loads the stream says so.
    } finally {
      this.cache.release(entry);
    }
    return true;
  }

  private install(
    entry: StreamEntry<State>,
    base: number,
    found: LoadedStream<State>,
    beganAt: number,
  ): void {
    // Nobody waits for it any more: the cache may have let go of it.
    if (entry.pins === 0) return;
    if (entry.revision !== base || entry.unacknowledged) return;
    this.take(entry, found, beganAt);
    entry.known = true;
    if (found.state === undefined) return;
    this.snapshots.consider(entry, found.state, found.revision, found.recordId);
  }

  /** `shownAt`: when the evidence began that this is what the store has. */
  private take(entry: StreamEntry<State>, found: LoadedStream<State>, shownAt: number): void {
    entry.state = found.state;
    entry.revision = found.revision;
    if (entry.firmRevision === found.revision) entry.shownAt = Math.max(entry.shownAt, shownAt);
    else {
      entry.firmRevision = found.revision;
      entry.ownSince = found.revision;
      entry.takenOverAt = this.clock.next();
      entry.shownAt = shownAt;
    }
    entry.position = found.position;
    entry.recordId = found.recordId;
    entry.snapshotRevision = found.snapshotRevision;
    if (found.state !== undefined) this.cache.weigh(entry, this.model.weigh(found.state));
  }
}

/** What an entry holds, in the form that more records are folded on. */
function loadedIn<State>(entry: StreamEntry<State>): LoadedStream<State> {
  const { state, revision, position, recordId, snapshotRevision } = entry;
  return { state, revision, position, recordId, snapshotRevision };
}

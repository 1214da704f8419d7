import type { EventStore } from '../event-store';
import type { RunnerPorts, RunnerSettings } from './runner-settings';
import { type Snapshot, snapshotRecord } from './snapshot';
import type { StreamEntry } from './stream-entry';
import type { SnapshotModel } from './stream-model';

/**
 * Writes snapshots in the background, one at a time, of acknowledged states only. One that fails
 * is counted and forgotten: the stream's next events bring another chance.
 */
export class SnapshotWriter<State> {
  private readonly queue = new Map<string, Snapshot<State>>();
  private writing: Promise<void> | undefined = undefined;
  private stopped = false;
  readonly counters = { snapshotsWritten: 0, snapshotsFailed: 0 };

  constructor(
    private readonly store: EventStore,
    private readonly model: SnapshotModel<State> | undefined,
    private readonly settings: Pick<RunnerSettings, 'snapshotsQueuedMax'>,
    private readonly ports: Pick<RunnerPorts, 'newId'>,
  ) {}

  /** Queues a snapshot when enough events lie behind the stream's last one. */
  consider(entry: StreamEntry<State>, state: State, revision: number, recordId: string): void {
    const { model } = this;
    if (model === undefined || revision - entry.snapshotRevision < model.everyEvents) return;
    const where = model.streamOf(entry.stream);
    if (where === undefined || this.stopped) return;
    if (this.queue.size >= this.settings.snapshotsQueuedMax && !this.queue.has(where)) return;
    entry.snapshotRevision = revision;
    this.queue.set(where, { state, revision, recordId });
    this.writing ??= this.writeAll(model).finally(() => {
      this.writing = undefined;
    });
  }

  /** Drops what is queued and waits for the one being written. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.queue.clear();
    await this.writing;
  }

  private async writeAll(model: SnapshotModel<State>): Promise<void> {
    for (const [where, snapshot] of this.queue) {
      this.queue.delete(where);
      try {
        const record = snapshotRecord(model, where, snapshot, this.ports.newId());
        await this.store.append([record], []);
        this.counters.snapshotsWritten += 1;
      } catch {
        this.counters.snapshotsFailed += 1;
      }
    }
  }
}

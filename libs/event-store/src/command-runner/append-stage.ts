import type { EventStore, Violation } from '../event-store';
import { AcknowledgedTasks } from './acknowledged';
import { type Append, buildAppend, countForAppend } from './append';
import { AppendDelivery, type Delivered } from './append-delivery';
import { StoreUnavailable, TooMuchContention } from './command-errors';
import type { RunnerPorts, RunnerSettings } from './runner-settings';
import type { SnapshotWriter } from './snapshot-writer';
import { takeBack } from './speculation';
import type { StateCache } from './state-cache';
import type { StreamEntry } from './stream-entry';
import type { LogicalClock } from './stream-states';
import type { Task } from './task';
import type { TasksUnderWay } from './tasks-under-way';

interface AppendParts<State, Event> {
  readonly store: EventStore;
  readonly cache: StateCache<State>;
  readonly clock: LogicalClock;
  readonly settings: RunnerSettings;
  readonly ports: RunnerPorts;
  readonly underWay: TasksUnderWay<State, Event>;
  readonly snapshots: SnapshotWriter<State>;
  /** Decides again what fell; the stale streams are read first. */
  redecide(tasks: readonly Task<State, Event>[], stale: ReadonlySet<StreamEntry<State>>): void;
  /** Others wrote to streams in memory. */
  contended(): void;
  /** Whether they did so a moment ago. */
  shared(): boolean;
  /** Answers a report that no append carries, on firm ground. */
  confirm(task: Task<State, Event>): void;
  /** Lets go of all that is not decided yet. */
  forget(): void;
}

/** An append that took longer says that the store was slow, and not how long others need. */
const TURN_MS_MAX = 25;

/** One append in flight; what is decided meanwhile gathers for the next. */
export class AppendStage<State, Event> {
  /** Decided and not sent, in order of decision. */
  private queue: Task<State, Event>[] = [];
  private sending: Append<State, Event> | undefined = undefined;
  private readonly acknowledged: AcknowledgedTasks<State, Event>;
  private scheduled = false;
  private sentAtMs = 0;
  private abandoned = false;
  private recordsMax: number;
  private readonly delivery: AppendDelivery;
  /** The outcome of an append is unknown, and the store does not answer. */
  down = false;
  readonly counters = {
    appends: 0,
    recordsAppended: 0,
    conflicts: 0,
    unknownOutcomes: 0,
    fences: 0,
  };

  constructor(private readonly parts: AppendParts<State, Event>) {
    this.recordsMax = parts.settings.batchRecordsMax;
    this.delivery = new AppendDelivery(parts.store, parts.settings, parts.ports);
    this.acknowledged = new AcknowledgedTasks((task, position) => this.answer(task, position));
  }

  enqueue(task: Task<State, Event>): void {
    this.queue.push(task);
    if (this.sending !== undefined || this.scheduled) return;
    this.scheduled = true;
    // After this turn of the event loop: all requests that came in with it go together.
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** Ends everything under way: what is in flight may have been committed, the rest was not. */
  abandon(): void {
    this.abandoned = true;
    this.giveUp();
  }

  private flush(): void {
    while (this.sending === undefined && this.queue.length > 0) {
      const { batchBytesMax: bytes, batchChecksMax: checks } = this.parts.settings;
      const bounds = { records: this.recordsMax, bytes, checks };
      const { count, writes } = countForAppend(this.queue, bounds);
      const tasks = this.queue.splice(0, count);
      if (writes > 0) this.send(buildAppend(tasks, this.parts.clock.next()));
      else for (const task of tasks) this.parts.confirm(task);
    }
  }

  /**
   * Who has just won a race knows the newest state before all others, and would win for ever: so
   * it lets them have a turn, for as long as this append took at most.
   */
  private flushLater(): void {
    const { nowMs, random, sleep } = this.parts.ports;
    const turnMs = Math.min(nowMs() - this.sentAtMs, TURN_MS_MAX);
    this.scheduled = true;
    void sleep(random() * turnMs).then(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private send(append: Append<State, Event>): void {
    this.sending = append;
    this.sentAtMs = this.parts.ports.nowMs();
    const { counters } = this;
    const delivered = this.delivery.deliver(append as Append<unknown, unknown>, {
      onDown: () => this.giveUp(),
      onUnknown: () => (counters.unknownOutcomes += 1),
      onFence: () => (counters.fences += 1),
      abandoned: () => this.abandoned,
    });
    void delivered.then((outcome) => {
      this.sending = undefined;
      this.down = this.abandoned;
      this.settle(append, outcome);
    });
  }

  private settle(append: Append<State, Event>, outcome: Delivered): void {
    switch (outcome.kind) {
      case 'committed':
        return this.committed(append, outcome.position);
      case 'violated':
        return this.violated(append, outcome.violations);
      case 'refused':
        return this.refused(append, outcome.error);
      case 'fenced':
        return this.fenced(append, outcome);
      case 'abandoned':
        for (const task of append.tasks) this.parts.underWay.release(task);
    }
  }

  private committed(append: Append<State, Event>, position: bigint): void {
    const { settings } = this.parts;
    this.makeFirm(append.tasks, append.beganAt, position);
    this.counters.appends += 1;
    this.counters.recordsAppended += append.records.length;
    this.recordsMax = Math.min(settings.batchRecordsMax, this.recordsMax * 2);
    // The store works on the next append while the answers of this one leave.
    if (this.parts.shared()) this.flushLater();
    else this.flush();
    this.acknowledged.add(append.tasks, position);
  }

  /** What touched the streams that others wrote to is decided again; the rest goes out at once. */
  private violated(append: Append<State, Event>, violations: readonly Violation[]): void {
    this.counters.conflicts += 1;
    const stale = this.staleStreams(append, violations);
    if ([...stale].some((entry) => entry.firmRevision >= 0)) {
      this.recordsMax = Math.max(1, Math.floor(this.recordsMax / 2));
      this.parts.contended();
    }
    for (const task of append.tasks) {
      if (task.grounds.some(({ entry }) => stale.has(entry))) task.lostRaces += 1;
    }
    const fallen = this.withdraw(append.tasks, new Set(stale));
    for (const { stream, actual } of violations) {
      const entry = this.parts.cache.get(stream);
      if (entry === undefined) continue;
      entry.known = false;
      // Not simply further on than thought: whatever is in memory of it is of no use.
      if (typeof actual !== 'number' || actual < entry.revision) forgetState(entry);
    }
    this.flush();
    this.redecide(fallen, stale);
  }

  private staleStreams(
    append: Append<State, Event>,
    violations: readonly Violation[],
  ): Set<StreamEntry<State>> {
    const stale = new Set<StreamEntry<State>>();
    for (const { stream } of violations) {
      const entry = this.parts.cache.get(stream);
      if (entry !== undefined) stale.add(entry);
    }
    return stale.size > 0 ? stale : new Set(append.checked);
  }

  /** The store will never take these records: smaller appends, or the one command fails. */
  private refused(append: Append<State, Event>, error: Error): void {
    const writes = append.tasks.filter(({ kind }) => kind === 'append');
    if (writes.length > 1) {
      this.recordsMax = Math.max(1, Math.floor(append.records.length / 2));
    } else {
      for (const task of writes) this.parts.underWay.fail(task, error);
    }
    this.redecide(this.withdraw(append.tasks, new Set()), new Set());
    this.flush();
  }

  /** The fence carried the first write; nothing else of the append can happen any more. */
  private fenced(
    append: Append<State, Event>,
    { position, records }: Extract<Delivered, { kind: 'fenced' }>,
  ): void {
    const first = append.tasks.find(({ kind }) => kind === 'append') as Task<State, Event>;
    for (const { stream, id } of records) {
      const ground = first.ground(stream);
      if (ground !== undefined) ground.recordIdAfter = id;
    }
    this.makeFirm([first], append.beganAt, position);
    const rest = append.tasks.filter((task) => task !== first);
    const fallen = this.withdraw(rest, new Set());
    this.flush();
    this.answer(first, position);
    this.redecide(fallen, new Set());
  }

  /**
   * Puts tasks back before the queue, but for those that fall: with streams that are not what
   * was thought, or because they have their answer (that nobody knows) and must not be sent.
   */
  private withdraw(
    tasks: readonly Task<State, Event>[],
    wrong: Set<StreamEntry<State>>,
  ): Task<State, Event>[] {
    const { standing, fallen } = takeBack(
      [...tasks, ...this.queue],
      wrong,
      (task) => task.settled,
      (entry, weight) => this.parts.cache.weigh(entry, weight),
    );
    this.queue = standing;
    return fallen;
  }

  private redecide(
    fallen: readonly Task<State, Event>[],
    stale: ReadonlySet<StreamEntry<State>>,
  ): void {
    const { underWay, settings } = this.parts;
    const again: Task<State, Event>[] = [];
    for (const task of fallen) {
      if (task.lostRaces > settings.conflictsMax) {
        underWay.fail(task, new TooMuchContention(task.lostRaces));
      }
      if (task.settled) underWay.release(task);
      else again.push(task);
    }
    this.parts.redecide(again, stale);
  }

  private makeFirm(tasks: readonly Task<State, Event>[], beganAt: number, position: bigint): void {
    const at = { takenOverAt: this.parts.clock.next(), beganAt, position };
    for (const task of tasks) this.takeOverWrites(task, at);
    for (const task of tasks) {
      if (!task.checked) continue;
      for (const { entry, observed } of task.grounds) {
        // A read may have brought what others wrote since: that was not what the append checked.
        if (entry.firmRevision === observed) entry.shownAt = Math.max(entry.shownAt, beganAt);
      }
    }
  }

  private takeOverWrites(
    task: Task<State, Event>,
    at: { takenOverAt: number; beganAt: number; position: bigint },
  ): void {
    for (const ground of task.grounds) {
      if (!ground.written) continue;
      const { entry, revisionAfter, stateAfter, recordIdAfter } = ground;
      entry.firmRevision = revisionAfter;
      entry.takenOverAt = at.takenOverAt;
      entry.shownAt = at.beganAt;
      entry.position = at.position;
      if (entry.revision === revisionAfter) entry.recordId = recordIdAfter;
      if (stateAfter === undefined) continue;
      this.parts.snapshots.consider(entry, stateAfter, revisionAfter, recordIdAfter);
    }
  }

  private answer(task: Task<State, Event>, position: bigint): void {
    const { underWay } = this.parts;
    if (task.overtaken) return this.parts.confirm(task);
    if (task.kind === 'append') underWay.answer(task, 'appended', position);
    else underWay.answer(task, task.kind === 'recall' ? 'recalled' : 'reported');
    underWay.release(task);
  }

  /** The store is down: everybody is told the truth now; only the append in flight goes on. */
  private giveUp(): void {
    if (this.down) return;
    this.down = true;
    this.acknowledged.giveAll();
    const { underWay } = this.parts;
    const inFlight = new Set(this.sending?.tasks);
    for (const task of underWay.all()) {
      const doubtful = task.kind === 'append' && inFlight.has(task);
      underWay.fail(task, new StoreUnavailable(doubtful ? 'unknown' : 'none'));
    }
    for (const task of this.withdraw([], new Set())) underWay.release(task);
    this.parts.forget();
  }
}

function forgetState<State>(entry: StreamEntry<State>): void {
  entry.state = undefined;
  entry.revision = -1;
  entry.firmRevision = -1;
  entry.ownSince = Number.POSITIVE_INFINITY;
  entry.takenOverAt = -1;
  entry.shownAt = -1;
  entry.snapshotRevision = -1;
}

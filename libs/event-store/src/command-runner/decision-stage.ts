import { bytesOf } from './append';
import type { AppendStage } from './append-stage';
import { TooMuchContention } from './command-errors';
import { applyDecision } from './apply-decision';
import { openGround, type OpenGround } from './open-ground';
import type { RunnerPorts, RunnerSettings } from './runner-settings';
import { takeBack } from './speculation';
import type { StateCache } from './state-cache';
import type { StreamEntry } from './stream-entry';
import type { StreamModel } from './stream-model';
import type { StreamStates } from './stream-states';
import { Ground, type Task } from './task';
import type { TasksUnderWay } from './tasks-under-way';
import { WaitingRoom } from './waiting-room';

interface DecisionParts<State, Event> {
  readonly model: StreamModel<State, Event>;
  readonly cache: StateCache<State>;
  readonly states: StreamStates<State, Event>;
  readonly settings: RunnerSettings;
  readonly ports: RunnerPorts;
  readonly underWay: TasksUnderWay<State, Event>;
  readonly appends: AppendStage<State, Event>;
}

/** Lost races after which a command pauses before it tries again. */
const RACES_WITHOUT_PAUSE = 3;

/** Takes commands from arrival to a decision, and reports to firm ground. */
export class DecisionStage<State, Event> {
  private readonly room = new WaitingRoom<State, Event>();

  constructor(private readonly parts: DecisionParts<State, Event>) {}

  begin(task: Task<State, Event>): void {
    this.name(task, task.command.reads, true);
    this.name(task, task.command.absent, false);
    this.decideOrWait(task);
  }

  /** Decides again what fell with streams that others wrote to, after reading what they wrote. */
  again(tasks: readonly Task<State, Event>[], stale: ReadonlySet<StreamEntry<State>>): void {
    const races = tasks.reduce((most, { lostRaces }) => Math.max(most, lostRaces), 0);
    for (const entry of stale) if (entry.pins > 0) this.load(entry, races);
    for (const task of tasks) this.prepareAgain(task);
    for (const task of tasks) this.advance(task.grounds.map(({ entry }) => entry));
  }

  /**
   * Answers a report or a recalled answer that rests on no unacknowledged write, as soon as all its
   * ground is shown to have been current at one moment; if not, it is decided again. Own writes
   * that came after it show that too: so it keeps its place before them.
   */
  confirm(task: Task<State, Event>): void {
    const { underWay } = this.parts;
    if (task.kind === 'recall') return this.answer(task, 'recalled');
    if (task.overtaken) return this.judge(task, task.overtaken);
    const moved = task.grounds.some(({ entry, observed }) => entry.firmRevision !== observed);
    if (moved) return this.restart(task);
    const open = openGround(task.grounds, task.arrivedAt);
    if (open.grounds.length === 0) return this.answer(task, 'reported');
    this.show(task, open).catch((error: unknown) => {
      underWay.fail(task, error);
      underWay.release(task);
    });
  }

  /** Lets go of all that wait; they have their answers. */
  forget(): void {
    for (const task of this.room.everyone()) this.parts.underWay.release(task);
    this.room.clear();
  }

  private async show(task: Task<State, Event>, open: OpenGround<State>): Promise<void> {
    const { grounds, since } = open;
    const showings = await Promise.all(
      grounds.map(({ entry }) => this.parts.states.show(entry, since)),
    );
    if (task.settled) return this.parts.underWay.release(task);
    const doubtful = grounds.filter(({ observed }, index) => {
      const showing = showings[index];
      return !showing?.current || showing.revision !== observed;
    });
    this.judge(task, doubtful);
  }

  /** Answers a report, has it wait for own writes that overtook it, or has it decided again. */
  private judge(task: Task<State, Event>, doubtful: readonly Ground<State>[]): void {
    const left = doubtful.filter(({ superseded }) => !superseded);
    if (left.length === 0) return this.answer(task, 'reported');
    if (left.every(({ overtaken }) => overtaken)) {
      task.overtaken = left;
      return this.parts.appends.enqueue(task);
    }
    task.lostRaces += 1;
    if (task.lostRaces > this.parts.settings.conflictsMax) {
      return this.fail(task, new TooMuchContention(task.lostRaces));
    }
    this.restart(task);
  }

  private restart(task: Task<State, Event>): void {
    this.prepareAgain(task);
    this.advance(task.grounds.map(({ entry }) => entry));
  }

  private prepareAgain(task: Task<State, Event>): void {
    task.kind = 'needs';
    task.records = [];
    task.overtaken = undefined;
    for (const ground of task.grounds) ground.written = false;
    this.room.join(task);
    this.loadMissing(task);
  }

  /** False when the task had named all of them so before. */
  private name(task: Task<State, Event>, streams: readonly string[], read: boolean): boolean {
    let news = false;
    for (const stream of streams) {
      const known = task.ground(stream);
      if (known === undefined) task.name(new Ground(this.parts.cache.pin(stream, read), read));
      else if (known.read || !read) continue;
      else known.read = true;
      news = true;
    }
    return news;
  }

  private decideOrWait(task: Task<State, Event>): void {
    if (this.room.mayGo(task)) return this.decide(task);
    this.room.join(task);
    this.loadMissing(task);
    // It may stand before later ones in a line that it joined late.
    if (!this.room.mayGo(task)) return;
    this.room.leave(task);
    this.decide(task);
  }

  private loadMissing(task: Task<State, Event>): void {
    for (const { ready, entry } of task.grounds) if (!ready && !entry.loading) this.load(entry, 0);
  }

  private load(entry: StreamEntry<State>, races: number): void {
    entry.loading = true;
    const loaded =
      races > RACES_WITHOUT_PAUSE
        ? this.pause(races).then(() => this.parts.states.load(entry))
        : this.parts.states.load(entry);
    loaded.then(
      () => this.advance([entry]),
      (error: unknown) => this.failLine(entry, error),
    );
  }

  private pause(races: number): Promise<void> {
    const { ports, settings } = this.parts;
    return ports.sleep(ports.random() * Math.min(settings.backoffMsMax, 2 ** Math.min(races, 5)));
  }

  private failLine(entry: StreamEntry<State>, error: unknown): void {
    const others: StreamEntry<State>[] = [];
    for (const task of [...this.room.line(entry)]) {
      this.room.leave(task);
      for (const ground of task.grounds) others.push(ground.entry);
      this.fail(task, error);
    }
    this.advance(others);
  }

  /**
   * Decides whoever may go now, and whoever may go after them: by order of arrival, as each may yet
   * name streams that later ones wait for.
   */
  private advance(entries: readonly StreamEntry<State>[]): void {
    const lines = new Set(entries);
    for (let next = this.nextOf(lines); next !== undefined; next = this.nextOf(lines)) {
      this.room.leave(next);
      for (const ground of next.grounds) lines.add(ground.entry);
      this.decide(next);
    }
  }

  /** Who came first of those that may go; lines whose first may not are left out from now on. */
  private nextOf(lines: Set<StreamEntry<State>>): Task<State, Event> | undefined {
    let next: Task<State, Event> | undefined;
    // Thousands of lines may have the same first: it is looked at once, not for each of them.
    let stuck: Task<State, Event> | undefined;
    for (const entry of lines) {
      const first = this.room.first(entry);
      if (first === undefined) lines.delete(entry);
      else if (next !== undefined && next.arrivedAt <= first.arrivedAt) continue;
      else if (first !== stuck && this.room.mayGo(first)) next = first;
      else {
        lines.delete(entry);
        if (first === stuck) continue;
        stuck = first;
        // Its other streams are being loaded, too, or are looked at again after this one.
        if (!first.awaited?.entry.loading) this.loadMissing(first);
      }
    }
    return next;
  }

  private decide(task: Task<State, Event>): void {
    const { underWay, appends } = this.parts;
    if (task.settled) return underWay.release(task);
    try {
      const decision = task.command.decide(task);
      if (decision.kind === 'needs') return this.lookFurther(task, decision.streams);
      task.kind = decision.kind;
      task.answer = decision.answer;
      for (const ground of task.grounds) ground.observed = ground.entry.revision;
      if (decision.kind === 'append') {
        applyDecision(this.parts, task, decision.events);
        underWay.weigh(task, bytesOf(task.command.bytes, task.records.length));
      }
    } catch (error) {
      takeBack(
        [task],
        new Set(),
        () => true,
        (entry, weight) => this.parts.cache.weigh(entry, weight),
      );
      return this.fail(task, error);
    }
    if (task.kind === 'append' || task.speculative) appends.enqueue(task);
    else this.confirm(task);
  }

  private lookFurther(task: Task<State, Event>, streams: readonly string[]): void {
    if (!this.name(task, streams, true)) {
      throw new Error('a decision needs only streams that it was given already');
    }
    this.decideOrWait(task);
  }

  private answer(task: Task<State, Event>, kind: 'recalled' | 'reported'): void {
    this.parts.underWay.answer(task, kind);
    this.parts.underWay.release(task);
  }

  private fail(task: Task<State, Event>, error: unknown): void {
    this.parts.underWay.fail(task, error);
    this.parts.underWay.release(task);
  }
}

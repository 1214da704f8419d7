import { PlacedList } from '@daybook/kernel';
import type { CommandOutcome } from './command';
import type { StateCache } from './state-cache';
import type { Task } from './task';

/** Every command that has no answer yet, and the one place where answers leave. */
export class TasksUnderWay<State, Event> {
  private readonly tasks = new PlacedList<Task<State, Event>>();
  bytes = 0;

  constructor(private readonly cache: StateCache<State>) {}

  get count(): number {
    return this.tasks.size;
  }

  add(task: Task<State, Event>): void {
    this.tasks.add(task);
    this.bytes += task.weight;
  }

  /** Takes note of what a task weighs now: what is decided holds its records. */
  weigh(task: Task<State, Event>, weight: number): void {
    if (!task.settled) this.bytes += weight - task.weight;
    task.weight = weight;
  }

  all(): Task<State, Event>[] {
    return [...this.tasks];
  }

  answer(task: Task<State, Event>, kind: CommandOutcome<unknown>['kind'], at?: bigint): void {
    if (!this.settle(task)) return;
    const position = at ?? newestPosition(task);
    task.resolve({ kind, answer: task.answer, position });
  }

  fail(task: Task<State, Event>, error: unknown): void {
    if (this.settle(task)) task.reject(error);
  }

  /** Lets go of the task's streams, once nothing of it is under way any more. */
  release(task: Task<State, Event>): void {
    if (task.released) return;
    task.released = true;
    for (const { entry } of task.grounds) this.cache.release(entry);
  }

  private settle(task: Task<State, Event>): boolean {
    if (task.settled) return false;
    task.settled = true;
    this.tasks.remove(task);
    this.bytes -= task.weight;
    return true;
  }
}

function newestPosition<State, Event>(task: Task<State, Event>): bigint | undefined {
  let newest: bigint | undefined;
  for (const { entry } of task.grounds) {
    const { position } = entry;
    if (position !== undefined && (newest === undefined || position > newest)) newest = position;
  }
  return newest;
}

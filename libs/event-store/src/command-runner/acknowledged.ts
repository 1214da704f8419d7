import type { Task } from './task';

const ANSWERS_A_TURN = 64;

interface Acknowledged<State, Event> {
  readonly tasks: readonly Task<State, Event>[];
  readonly position: bigint;
  answered: number;
}

/**
 * Answers that leave a slice in each turn of the event loop, the first after whatever was sent
 * before. Who is answered may go on with another command at once, in the same turn: if all of a
 * large append were, nothing would reach the store, nor anything come from it, in all that time.
 */
export class AcknowledgedTasks<State, Event> {
  private readonly waiting: Acknowledged<State, Event>[] = [];

  constructor(private readonly answer: (task: Task<State, Event>, position: bigint) => void) {}

  add(tasks: readonly Task<State, Event>[], position: bigint): void {
    if (this.waiting.push({ tasks, position, answered: 0 }) === 1) setImmediate(this.nextTurn);
  }

  /** Answers all at once. */
  giveAll(): void {
    while (this.waiting.length > 0) this.give();
  }

  private readonly nextTurn = (): void => {
    this.give();
    if (this.waiting.length > 0) setImmediate(this.nextTurn);
  };

  private give(): void {
    const first = this.waiting[0];
    if (first === undefined) return;
    const { tasks, position } = first;
    const slice = tasks.slice(first.answered, first.answered + ANSWERS_A_TURN);
    first.answered += slice.length;
    if (first.answered === tasks.length) this.waiting.shift();
    for (const task of slice) this.answer(task, position);
  }
}

import type { StreamEntry } from './stream-entry';
import type { Ground, Task } from './task';

/**
 * Commands that cannot be decided yet stand in one line per stream they named, by order of
 * arrival. The order is the same in every line, so no two commands wait for each other.
 */
export class WaitingRoom<State, Event> {
  private readonly lines = new Map<StreamEntry<State>, Task<State, Event>[]>();

  /** All of the command's streams are loaded, and nobody stands before it in any line. */
  mayGo(task: Task<State, Event>): boolean {
    if (task.awaited?.ready === false) return false;
    // What is named last is loaded last: found first, it need not be looked for after each loading.
    for (let place = task.grounds.length - 1; place >= 0; place -= 1) {
      const ground = task.grounds[place] as Ground<State>;
      if (!ground.ready) {
        task.awaited = ground;
        return false;
      }
      if (this.lines.size === 0) continue;
      const line = this.lines.get(ground.entry);
      if (line !== undefined && line[0] !== task) return false;
    }
    return true;
  }

  join(task: Task<State, Event>): void {
    for (const { entry } of task.grounds) {
      const line = this.lines.get(entry);
      if (line === undefined) this.lines.set(entry, [task]);
      else if (!line.includes(task)) insertByArrival(line, task);
    }
  }

  leave(task: Task<State, Event>): void {
    for (const { entry } of task.grounds) {
      const line = this.lines.get(entry);
      const place = line?.indexOf(task) ?? -1;
      if (line === undefined || place < 0) continue;
      line.splice(place, 1);
      if (line.length === 0) this.lines.delete(entry);
    }
  }

  first(entry: StreamEntry<State>): Task<State, Event> | undefined {
    return this.lines.get(entry)?.[0];
  }

  line(entry: StreamEntry<State>): readonly Task<State, Event>[] {
    return this.lines.get(entry) ?? [];
  }

  everyone(): Set<Task<State, Event>> {
    return new Set([...this.lines.values()].flat());
  }

  clear(): void {
    this.lines.clear();
  }
}

function insertByArrival<State, Event>(line: Task<State, Event>[], task: Task<State, Event>): void {
  let place = line.length;
  while (place > 0 && (line[place - 1] as Task<State, Event>).arrivedAt > task.arrivedAt)
    place -= 1;
  line.splice(place, 0, task);
}

import type { StreamEntry } from './stream-entry';
import type { Ground, Task } from './task';

/** Takes note of what a ground's stream is like, before a decision writes to it. */
export function beginWrite<State>(ground: Ground<State>): void {
  const { entry } = ground;
  ground.written = true;
  ground.stateBefore = entry.state;
  ground.weightBefore = entry.weight;
  ground.recordIdBefore = entry.recordId;
  ground.knownBefore = entry.known;
}

/** Tasks in their order of decision, those that still hold apart from those that fell. */
export interface Fallout<State, Event> {
  readonly standing: Task<State, Event>[];
  readonly fallen: Task<State, Event>[];
}

/**
 * What falls when some streams are not what was thought, or some tasks will not happen: whatever
 * touched such a stream and, transitively, whatever touched what those wrote. The states of the
 * streams they wrote go back to what they were before the first of them. `tasks` are all that
 * are decided and not acknowledged, in order of decision.
 */
export function takeBack<State, Event>(
  tasks: readonly Task<State, Event>[],
  wrong: Set<StreamEntry<State>>,
  withdrawn: (task: Task<State, Event>) => boolean,
  restored: (entry: StreamEntry<State>, weight: number) => void,
): Fallout<State, Event> {
  const rolledBack = new Set<StreamEntry<State>>();
  const standing: Task<State, Event>[] = [];
  const fallen: Task<State, Event>[] = [];
  for (const task of tasks) {
    if (!withdrawn(task) && !task.grounds.some(({ entry }) => wrong.has(entry))) {
      standing.push(task);
      continue;
    }
    fallen.push(task);
    for (const ground of task.grounds) {
      if (!ground.written) continue;
      const { entry } = ground;
      wrong.add(entry);
      if (rolledBack.has(entry)) continue;
      rolledBack.add(entry);
      entry.state = ground.stateBefore;
      entry.revision = ground.observed;
      entry.recordId = ground.recordIdBefore;
      entry.known = ground.knownBefore;
      restored(entry, ground.weightBefore);
    }
  }
  return { standing, fallen };
}

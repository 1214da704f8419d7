import type { NewRecord, StreamCheck } from '../event-store';
import type { StreamEntry } from './stream-entry';
import type { Task } from './task';

/** Bounds of one append. */
export interface AppendBounds {
  readonly records: number;
  readonly bytes: number;
  readonly checks: number;
}

/** Commands that go to the store together, all or none. */
export interface Append<State, Event> {
  readonly tasks: readonly Task<State, Event>[];
  readonly records: readonly NewRecord[];
  readonly checks: readonly StreamCheck[];
  readonly checked: readonly StreamEntry<State>[];
  /** Logical time at which it was first sent. */
  readonly beganAt: number;
}

/** About what a record takes besides the client's own bytes. */
const RECORD_BYTES = 600;

/** About how many bytes a command's records take in an append. */
export const bytesOf = (clientBytes: number, records: number): number =>
  clientBytes + records * RECORD_BYTES;

/** How many of the first tasks go together, and whether any of them writes. */
export function countForAppend<State, Event>(
  queue: readonly Task<State, Event>[],
  bounds: AppendBounds,
): { count: number; writes: number } {
  let [count, writes, records, bytes, checks] = [0, 0, 0, 0, 0];
  for (const task of queue) {
    records += task.records.length;
    bytes += bytesOf(task.command.bytes, task.records.length);
    checks += task.grounds.length;
    const full = records > bounds.records || bytes > bounds.bytes || checks > bounds.checks;
    // The first write always goes, however large: nothing else could make it fit.
    if (full && (writes > 0 || (count > 0 && task.kind !== 'append'))) break;
    count += 1;
    if (task.kind === 'append') writes += 1;
  }
  return { count, writes };
}

/**
 * The append of some tasks, in their order. Of every stream that they looked at, one check: the
 * revision that the first of them saw, which is the one before the append.
 */
export function buildAppend<State, Event>(
  tasks: readonly Task<State, Event>[],
  beganAt: number,
): Append<State, Event> {
  const records: NewRecord[] = [];
  const checks: StreamCheck[] = [];
  const checked: StreamEntry<State>[] = [];
  for (const task of tasks) {
    for (const record of task.records) records.push(record);
    if (!task.checked) continue;
    for (const { entry, observed } of task.grounds) {
      if (entry.checkedIn === beganAt) continue;
      entry.checkedIn = beganAt;
      checked.push(entry);
      checks.push({ stream: entry.stream, expected: observed < 0 ? 'no-stream' : observed });
    }
  }
  return { tasks, records, checks, checked, beganAt };
}

/** The first write of an append, by itself: same content, same checks, fresh ids. */
export function fenceOf<State, Event>(
  append: Append<State, Event>,
  newId: () => string,
): Pick<Append<State, Event>, 'records' | 'checks'> {
  const first = append.tasks.find((task) => task.kind === 'append') as Task<State, Event>;
  return {
    records: first.records.map((record) => ({ ...record, id: newId() })),
    checks: append.checks.filter(({ stream }) => first.ground(stream) !== undefined),
  };
}

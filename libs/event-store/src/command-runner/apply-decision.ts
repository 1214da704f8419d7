import type { NewRecord } from '../event-store';
import { bytesOf } from './append';
import type { StreamEvent } from './command';
import { CommandTooLarge } from './command-errors';
import type { RunnerPorts, RunnerSettings } from './runner-settings';
import { beginWrite } from './speculation';
import type { StateCache } from './state-cache';
import type { StreamModel } from './stream-model';
import type { Task } from './task';

interface ApplyParts<State, Event> {
  readonly model: StreamModel<State, Event>;
  readonly cache: StateCache<State>;
  readonly ports: RunnerPorts;
  readonly settings: RunnerSettings;
}

/**
 * Takes a decision for done: makes its records, one group with `last` on the last of them, and
 * folds its events into the states in memory. Throws on a stream that the command did not name.
 */
export function applyDecision<State, Event>(
  { model, cache, ports, settings }: ApplyParts<State, Event>,
  task: Task<State, Event>,
  events: readonly StreamEvent<State, Event>[],
): void {
  if (events.length === 0) throw new Error('an append of no events is a report');
  if (bytesOf(task.command.bytes, events.length) > settings.commandBytesMax) {
    throw new CommandTooLarge(settings.commandBytesMax);
  }
  const records: NewRecord[] = [];
  let shared: NewRecord['metadata'] = {};
  for (const { stream, event, after } of events) {
    const ground = task.ground(stream);
    if (ground === undefined) throw new Error(`a decision wrote to ${stream} without naming it`);
    const { entry } = ground;
    if (!ground.written) beginWrite(ground);
    const { type, data, schema } = model.encode(event);
    const id = ports.newId();
    const last = records.length === events.length - 1;
    if (last) shared = ofRecord(task.command.metadata, schema, 'true');
    // All but the last record of a command mostly have the same.
    else if (shared['schema'] !== schema) shared = ofRecord(task.command.metadata, schema);
    records.push({ stream, id, type, json: JSON.stringify(data), metadata: shared });
    entry.state = after ?? model.evolve(entry.state, event);
    entry.revision += 1;
    entry.recordId = id;
    entry.known = true;
  }
  for (const ground of task.grounds) {
    if (!ground.written) continue;
    const { entry } = ground;
    ground.revisionAfter = entry.revision;
    ground.stateAfter = entry.state;
    ground.recordIdAfter = entry.recordId;
    if (entry.state !== undefined) cache.weigh(entry, model.weigh(entry.state));
  }
  task.records = records;
}

/** A command's metadata with what is one record's own. A literal that spreads costs V8 ten times as much. */
function ofRecord(command: NewRecord['metadata'], schema: string, last?: 'true') {
  const metadata: Record<string, string> = Object.assign({}, command);
  metadata['schema'] = schema;
  if (last) metadata['last'] = last;
  return metadata;
}

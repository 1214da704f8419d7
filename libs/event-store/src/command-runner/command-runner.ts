import type { EventStore, StoredRecord } from '../event-store';
import { Gate } from '../gate';
import { AppendStage } from './append-stage';
import type { CommandOutcome, CommandRunner, RunnableCommand, RunnerStatistics } from './command';
import { Overloaded, StoreUnavailable } from './command-errors';
import { DecisionStage } from './decision-stage';
import { type LogTail, OthersWrites } from './others-writes';
import {
  defaultRunnerSettings,
  type RunnerPorts,
  type RunnerSettings,
  systemPorts,
} from './runner-settings';
import { SnapshotWriter } from './snapshot-writer';
import { StateCache } from './state-cache';
import { StreamLoader } from './stream-loader';
import type { StreamModel } from './stream-model';
import { StreamStates } from './stream-states';
import { Task } from './task';
import { TasksUnderWay } from './tasks-under-way';

/** What a runner is made of; settings and ports have defaults. */
export interface RunnerParts<State, Event> {
  readonly store: EventStore;
  readonly model: StreamModel<State, Event>;
  /** Where the runner learns what others write; without it only refused appends and reads tell. */
  readonly tail?: LogTail;
  readonly settings?: Partial<RunnerSettings>;
  readonly ports?: Partial<RunnerPorts>;
}

/**
 * Runs commands on one store with group commit: commands are decided on arrival, on states in
 * memory that include own writes still under way, while one append at a time carries all that
 * was decided before. Any number of runners may share a store: the checks alone decide races.
 */
export function createCommandRunner<State, Event>(
  parts: RunnerParts<State, Event>,
): CommandRunner<State, Event> {
  const settings = { ...defaultRunnerSettings, ...parts.settings };
  const ports = { ...systemPorts, ...parts.ports };
  const { store, model, tail } = parts;
  let time = 0;
  const clock = { next: () => (time += 1) };
  const cache = new StateCache<State>(settings, model.packing);
  const loader = new StreamLoader(
    store,
    model,
    settings,
    ports,
    new Gate(settings.readsInFlightMax),
  );
  const snapshots = new SnapshotWriter(store, model.snapshots, settings, ports);
  const states = new StreamStates(cache, loader, model, clock, snapshots);
  const underWay = new TasksUnderWay<State, Event>(cache);
  const learn = (record: StoredRecord) => states.learn(record);
  const others = tail && new OthersWrites(tail, learn, settings, ports);
  const appends: AppendStage<State, Event> = new AppendStage({
    ...{ store, cache, clock, settings, ports, underWay, snapshots },
    redecide: (tasks, stale) => decisions.again(tasks, stale),
    contended: () => others?.noticed(),
    shared: () => others?.active ?? false,
    confirm: (task) => decisions.confirm(task),
    forget: () => decisions.forget(),
  });
  const decisions = new DecisionStage({
    ...{ model, cache, states, settings, ports, underWay, appends },
  });
  let stopping = false;

  return {
    run: <Answer>(command: RunnableCommand<State, Event, Answer>) =>
      new Promise<CommandOutcome<Answer>>((resolve, reject) => {
        if (stopping || appends.down) return reject(new StoreUnavailable('none'));
        if (
          underWay.count >= settings.commandsMax ||
          underWay.bytes + command.bytes > settings.bytesMax
        ) {
          return reject(new Overloaded());
        }
        const settle = resolve as (outcome: CommandOutcome<unknown>) => void;
        const task = new Task<State, Event>(command, clock.next(), settle, reject);
        underWay.add(task);
        decisions.begin(task);
      }),
    hold: (stream) => {
      const entry = cache.pin(stream, true);
      return { known: entry.known, letGo: () => cache.release(entry) };
    },
    get available() {
      return !appends.down && !stopping;
    },
    stop: async () => {
      stopping = true;
      others?.stop();
      const deadline = ports.nowMs() + settings.drainMsMax;
      while (underWay.count > 0 && ports.nowMs() < deadline) await ports.sleep(5);
      appends.abandon();
      await snapshots.stop();
    },
    statistics: (): RunnerStatistics => ({
      commandsUnderWay: underWay.count,
      bytesUnderWay: underWay.bytes,
      streamsCached: cache.size,
      recordsLearned: states.learned,
      ...appends.counters,
      ...snapshots.counters,
    }),
  };
}

import { FaultyEventStore, InMemoryEventStore } from '@daybook/testing';
import type { EventStore, StoredRecord } from '../../event-store';
import type { CommandRunner } from '../command';
import { createCommandRunner } from '../command-runner';
import { type LogTail, tailOf } from '../others-writes';
import type { RunnerPorts, RunnerSettings } from '../runner-settings';
import type { StreamModel } from '../stream-model';
import { open, type PurseEvent, purseModel, type PurseState } from './purses.fixture';

export type PurseRunner = CommandRunner<PurseState, PurseEvent>;

let ids = 0;

/** A UUID that is new in this process, and the same in every run of a test. */
export const nextId = (): string => {
  ids += 1;
  return `00000000-0000-4000-8000-${ids.toString(16).padStart(12, '0')}`;
};

/** A runner whose pauses take no time and whose settings are small enough to reach. */
export function runnerOn(
  store: EventStore,
  settings: Partial<RunnerSettings> = {},
  model: StreamModel<PurseState, PurseEvent> = purseModel,
  own: Partial<RunnerPorts> = {},
  tail?: LogTail,
): PurseRunner {
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const ports = { newId: nextId, random: () => 0.5, sleep: pause, ...own };
  return createCommandRunner({ store, model, settings, ports, ...(tail && { tail }) });
}

/** What is written to purses from now on. */
export const tailOfPurses = (memory: InMemoryEventStore): LogTail => tailOf(memory, ['purse-']);

/** A store in memory behind one that fails as told, with a runner and purses on it. */
export async function running(
  purses: Readonly<Record<string, number>> = {},
  settings: Partial<RunnerSettings> = {},
): Promise<{ memory: InMemoryEventStore; store: FaultyEventStore; runner: PurseRunner }> {
  const memory = new InMemoryEventStore();
  const store = new FaultyEventStore(memory);
  const runner = runnerOn(store, settings);
  for (const [purse, total] of Object.entries(purses)) await runner.run(open(purse, total));
  store.appends = 0;
  store.reads = 0;
  return { memory, store, runner };
}

/** Every record of purses and moves, in the order of the log. */
export const logOf = (memory: InMemoryEventStore): Promise<readonly StoredRecord[]> =>
  memory.readAfter('start', 1_000_000, ['purse-', 'move-']);

/** A promise that the test keeps. */
export function held(): { promise: Promise<void>; release: () => void } {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

/** Lets everything that is ready happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

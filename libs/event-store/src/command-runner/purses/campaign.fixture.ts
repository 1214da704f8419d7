import { FaultyEventStore, InMemoryEventStore, Random } from '@daybook/testing';
import { StoreUnreachable } from '../../errors';
import type { EventStore } from '../../event-store';
import type { CommandOutcome } from '../command';
import type { LogTail } from '../others-writes';
import { move, open, type PurseAnswer, withSnapshots } from './purses.fixture';
import { type PurseRunner, tailOfPurses, runnerOn } from './running.fixture';

/** One command of a history: when it was sent and answered, in logical time, and how. */
export interface Invocation {
  readonly kind: 'open' | 'move';
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly sentAt: number;
  answeredAt: number;
  outcome: CommandOutcome<PurseAnswer> | undefined;
  error: unknown;
}

/** What a run leaves: the history, the store, and the runners that are still there. */
export interface Run {
  readonly invocations: readonly Invocation[];
  readonly memory: InMemoryEventStore;
  readonly runners: readonly PurseRunner[];
  readonly faults: number;
}

export const PURSES = ['p0', 'p1', 'p2', 'p3'];
const RUNNERS = 2;
const CLIENTS = 5;
const COMMANDS_EACH = 5;

/** Puts something between a runner and its store: where bugs are planted. */
export type Plant = (store: EventStore) => EventStore;

/**
 * Two runners with small bounds on one store, five clients on each, and whatever can go wrong
 * between them: lost requests, lost answers, requests that arrive late, outages, odd timing. Half of
 * them follow the log, which brings what the others wrote late or not at all.
 */
export async function runSeed(seed: number, plant: Plant = (store) => store): Promise<Run> {
  const numbers = new Random(seed);
  const random = () => numbers.next();
  let time = 0;
  const tick = (): number => (time += 1);
  const memory = new InMemoryEventStore(() => new Date(tick()));
  const wires = Array.from({ length: RUNNERS }, () => new FaultyEventStore(memory));
  let faults = 0;
  for (const wire of wires) {
    wire.onRead = () => someTurns(random);
    wire.onAppend = async () => {
      await someTurns(random);
      if (random() < 0.1) void late(wire, random);
      const kind = (['lost-before', 'lost-after', 'delayed'] as const)[Math.floor(random() * 12)];
      if (kind !== undefined) faults += 1;
      return kind;
    };
  }
  const settings = {
    ...{ batchRecordsMax: 12, resendsMax: 1, fencesMax: 2, readRetriesMax: 1, conflictsMax: 3 },
    // Room for about three purses.
    ...{
      cacheBytesMax: 1_750,
      unpackedStreamsMax: 1,
      recentStreamsMax: 3,
      pageRecords: 3,
      commandsMax: 4,
      followQuietMs: seed % 4 === 1 ? 0 : 10_000,
    },
  };
  const model = withSnapshots(4);
  // Every other run without it: then refused appends and reads alone tell what others wrote.
  const tail = seed % 2 === 0 ? undefined : unsteadyTail(memory, random);
  const runners = wires.map((wire) => runnerOn(plant(wire), settings, model, {}, tail));
  const invocations: Invocation[] = [];
  const clients = runners.flatMap((runner) =>
    Array.from({ length: CLIENTS }, () => client(runner, random, tick, invocations)),
  );
  const outages = wires.map((wire) => outage(wire, random));
  await Promise.all([...clients, ...outages]);
  await quiet(wires, runners);
  return { invocations, memory, runners, faults };
}

async function client(
  runner: PurseRunner,
  random: () => number,
  tick: () => number,
  invocations: Invocation[],
): Promise<void> {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '@';
  for (let n = 0; n < COMMANDS_EACH; n += 1) {
    await someTurns(random);
    const content = drawContent(random, pick, invocations);
    const invocation: Invocation = {
      ...content,
      ...{ sentAt: tick(), answeredAt: 0, outcome: undefined, error: undefined },
    };
    invocations.push(invocation);
    const { kind, id, from, to, amount } = invocation;
    const command = kind === 'open' ? open(from, 10) : move(id, from, to, amount);
    try {
      invocation.outcome = await runner.run(command);
    } catch (error) {
      invocation.error = error;
    }
    invocation.answeredAt = tick();
  }
}

/** Often what someone sent before: a retry, or the same id with other content. */
function drawContent(
  random: () => number,
  pick: (from: readonly string[]) => string,
  before: readonly Invocation[],
): Pick<Invocation, 'kind' | 'id' | 'from' | 'to' | 'amount'> {
  const earlier = before[Math.floor(random() * before.length)];
  const repeats = earlier !== undefined && random() < 0.25;
  if (repeats) {
    const { kind, id, from, to, amount } = earlier;
    return { kind, id, from, to, amount: random() < 0.8 ? amount : amount + 1 };
  }
  const kind = random() < (before.length < 6 ? 0.9 : 0.05) ? 'open' : 'move';
  const from = kind === 'open' ? pick(PURSES) : pick([...PURSES, '@']);
  const to = pick([...PURSES, '@', '@'].filter((each) => each !== from));
  return { kind, id: `${before.length}`, from, to, amount: Math.floor(random() * 12) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function someTurns(random: () => number): Promise<void> {
  for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await turn();
}

async function late(wire: FaultyEventStore, random: () => number): Promise<void> {
  await someTurns(random);
  await wire.deliverLate();
}

/** Brings records late, and ends now and then. */
function unsteadyTail(memory: InMemoryEventStore, random: () => number): LogTail {
  return async function* (signal) {
    for await (const record of tailOfPurses(memory)(signal)) {
      if (random() < 0.2) await someTurns(random);
      if (random() < 0.02) throw new StoreUnreachable('lost');
      yield record;
    }
  };
}

/** Sometimes a wire is dead for a while. */
async function outage(wire: FaultyEventStore, random: () => number): Promise<void> {
  if (random() < 0.6) return;
  for (let wait = random() * 60; wait > 0; wait -= 1) await turn();
  wire.down = true;
  for (let wait = random() * 40; wait > 0; wait -= 1) await turn();
  wire.down = false;
}

/** Lets everything come to its end, the late requests too. */
async function quiet(
  wires: readonly FaultyEventStore[],
  runners: readonly PurseRunner[],
): Promise<void> {
  for (const wire of wires) {
    wire.onAppend = () => undefined;
    wire.onRead = () => undefined;
    wire.down = false;
  }
  for (let turns = 0; turns < 2_000 && !runners.every(({ available }) => available); turns += 1) {
    await turn();
  }
  for (const wire of wires) await wire.deliverLate();
}

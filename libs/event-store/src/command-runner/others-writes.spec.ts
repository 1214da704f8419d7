import type { FaultyEventStore, InMemoryEventStore } from '@daybook/testing';
import { StoreUnreachable } from '../errors';
import type { LogTail } from './others-writes';
import { move, open, purseModel } from './purses/purses.fixture';
import {
  type PurseRunner,
  tailOfPurses,
  runnerOn,
  running,
  settled,
} from './purses/running.fixture';

let memory: InMemoryEventStore;
let store: FaultyEventStore;
let rival: PurseRunner;
let now = 0;
let tails = 0;

beforeEach(async () => {
  ({ memory, store, runner: rival } = await running({ a: 10, b: 0, x: 100 }));
  [now, tails] = [0, 0];
});

const fromNow: LogTail = (signal) => {
  tails += 1;
  return tailOfPurses(memory)(signal);
};

const follower = (tail: LogTail = fromNow): PurseRunner =>
  runnerOn(store, { followQuietMs: 1_000 }, purseModel, { nowMs: () => now }, tail);

let moves = 0;
async function moved(runner: PurseRunner, from: string, to: string, amount: number) {
  moves += 1;
  const { answer } = await runner.run(move(`f${moves}`, from, to, amount));
  await settled();
  return answer;
}

/** Has the runner find out that somebody else writes, to a purse that it does not need again. */
async function collide(runner: PurseRunner): Promise<void> {
  await moved(runner, 'x', '@', 1);
  await moved(rival, 'x', '@', 1);
  await moved(runner, 'x', '@', 1);
}

const learned = (runner: PurseRunner) => runner.statistics().recordsLearned;
const conflicts = (runner: PurseRunner) => runner.statistics().conflicts;

it('follows nothing while it is alone', async () => {
  const runner = follower();
  for (let n = 0; n < 3; n += 1) await moved(runner, 'a', 'b', 1);
  expect(tails).toBe(0);
});

it('decides on what others wrote, without a refused append or a read', async () => {
  const runner = follower();
  await moved(runner, 'a', 'b', 1);
  await collide(runner);
  expect([tails, conflicts(runner)]).toEqual([1, 1]);
  await moved(rival, '@', 'a', 50);
  await moved(rival, 'b', '@', 1);
  expect(learned(runner)).toBe(2);
  store.reads = 0;
  expect(await moved(runner, 'a', 'b', 59)).toEqual({ status: 'moved', left: 0 });
  expect([conflicts(runner), store.reads]).toEqual([1, 0]);
});

it('takes it for no evidence of what is newest: a refusal is shown by reads as ever', async () => {
  const runner = follower();
  await moved(runner, 'a', 'b', 1);
  await collide(runner);
  await moved(rival, 'a', '@', 5);
  store.reads = 0;
  store.onRead = async () => {
    store.onRead = () => undefined;
    await rival.run(move('late', '@', 'a', 100));
  };
  expect(await moved(runner, 'a', 'b', 50)).toEqual({ status: 'moved', left: 54 });
  expect(store.reads).toBeGreaterThan(0);
});

it('leaves what has own writes under way to their append', async () => {
  const runner = follower();
  await moved(runner, 'a', 'b', 1);
  await collide(runner);
  store.onAppend = async () => {
    store.onAppend = () => undefined;
    await rival.run(move('between', '@', 'a', 7));
    await settled();
  };
  expect(await moved(runner, 'a', '@', 1)).toEqual({ status: 'moved', left: 15 });
  expect(conflicts(runner)).toBe(2);
});

it('lets others have a turn after an append, as long as they have just written', async () => {
  const slept: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void slept.push(ms));
  const runner = runnerOn(store, {}, purseModel, { nowMs: () => now, sleep }, fromNow);
  store.onAppend = () => void (now += 8);
  await moved(runner, 'a', 'b', 1);
  expect(slept).toEqual([]);
  await collide(runner);
  slept.length = 0;
  await moved(runner, 'a', 'b', 1);
  expect(slept).toEqual([4]);
  now += 2_000;
  await moved(runner, 'a', 'b', 1);
  expect(slept).toEqual([4]);
  // A store that was slow is no reason for a long pause.
  store.onAppend = async () => {
    store.onAppend = () => undefined;
    now += 10_000;
    await moved(rival, 'x', '@', 1);
  };
  await moved(runner, 'a', 'b', 1);
  expect(slept).toEqual([4, 12.5]);
});

it('stops following when nobody else has written for a while', async () => {
  const runner = follower();
  await moved(runner, 'a', 'b', 1);
  await collide(runner);
  now = 2_000;
  await moved(runner, 'b', '@', 1);
  await moved(rival, '@', 'a', 1);
  expect(learned(runner)).toBe(0);
  await collide(runner);
  expect(tails).toBe(2);
});

it('begins anew at the next conflict when the log was lost', async () => {
  const runner = follower(async function* (signal) {
    tails += 1;
    if (tails === 1) throw new StoreUnreachable('lost');
    yield* tailOfPurses(memory)(signal);
  });
  await moved(runner, 'a', 'b', 1);
  await collide(runner);
  await collide(runner);
  await moved(rival, '@', 'a', 1);
  expect([tails, learned(runner)]).toEqual([2, 1]);
});

it('leaves a stream with a record that it cannot read to the command that needs it', async () => {
  const runner = follower();
  await moved(runner, 'a', 'b', 1);
  await collide(runner);
  const ofTomorrow = { type: 'Tomorrow', id: crypto.randomUUID(), json: '{}', metadata: {} };
  await memory.append([{ stream: 'purse-b', ...ofTomorrow }], []);
  await settled();
  await expect(moved(runner, 'b', '@', 1)).rejects.toMatchObject({ code: 'StreamUnreadable' });
  expect(await moved(runner, 'a', '@', 1)).toEqual({ status: 'moved', left: 8 });
});

it('stops following when it is stopped', async () => {
  let ended = false;
  const runner = follower(async function* (signal) {
    try {
      yield* tailOfPurses(memory)(signal);
    } finally {
      ended = true;
    }
  });
  await collide(runner);
  await runner.stop();
  await settled();
  expect(ended).toBe(true);
  await expect(runner.run(open('z', 1))).rejects.toMatchObject({ code: 'StoreUnavailable' });
});

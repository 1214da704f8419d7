import type { EventStore, NewRecord, StreamCheck } from '@daybook/event-store';
import type { LedgerCommand } from '../commands';
import { operationOf } from '../operation-of';
import { Dice } from './dice.fixture';
import { RacingServices } from './races.fixture';
import { SequenceWriter } from './sequence-writer.fixture';
import { checkSerialOrder } from './serial-order.fixture';

/*
 * The domain behind two command runners on one store, whose appends are lost, doubled and late,
 * with many calls at once. The log's own order must explain every answer that a client got.
 * A failure names its number; run it alone with `DAYBOOK_SEED=<number>` and one sequence.
 */
const SEQUENCES = 50_000;
const SHARE = 2_000;

const seed = Number(process.env.DAYBOOK_SEED ?? Date.now() % 2 ** 30);

const counts = { sequences: 0, calls: 0, written: 0, unknown: 0, none: 0, other: 0 };

/** Mostly single commands, some atomic batches; the first ones set the scene. */
function callsOf(dice: Dice): { scene: readonly LedgerCommand[]; calls: LedgerCommand[][] } {
  const writer = new SequenceWriter();
  const scene = [...writer.written];
  for (let count = 5 + dice.below(25); count > 0; count -= 1) writer.write(dice);
  const calls: LedgerCommand[][] = [];
  for (const command of writer.written.slice(scene.length)) {
    const batch = calls.at(-1);
    const claims = batch?.flatMap((each) => operationOf(each).claims) ?? [];
    const apart = operationOf(command).claims.every((stream) => !claims.includes(stream));
    if (batch && apart && batch.length < 4 && dice.chance(10)) batch.push(command);
    else calls.push([command]);
  }
  return { scene, calls };
}

async function race(number: number, faulty?: (store: EventStore) => EventStore): Promise<void> {
  const dice = new Dice(number);
  const services = new RacingServices(dice, faulty);
  const { scene, calls } = callsOf(dice);
  for (const command of scene) await services.call([command]);
  services.disturb(dice.pick([0, 5, 20, 50]));
  const width = 1 + dice.below(8);
  let underWay: Promise<void>[] = [];
  for (const call of calls) {
    underWay.push(services.call(call));
    await services.pass();
    if (underWay.length < width) continue;
    await Promise.all(underWay);
    underWay = [];
  }
  await Promise.all(underWay);
  await services.stop();
  count(services);
  await checkSerialOrder(services);
}

function count({ calls }: RacingServices): void {
  counts.sequences += 1;
  counts.calls += calls.length;
  for (const { answer } of calls) {
    if (typeof answer === 'string') counts[answer] += 1;
    else if (answer.some(({ outcome }) => outcome === 'accepted')) counts.written += 1;
    else counts.other += 1;
  }
}

const named = (number: number, error: unknown): Error =>
  new Error(`sequence ${number}: ${error instanceof Error ? error.message : String(error)}`);

describe(`two runners on a failing store, seed ${seed}`, () => {
  const shares = Array.from({ length: SEQUENCES / SHARE }, (_, share) => share);

  it.each(shares)(
    `answer as some order of ${SHARE} sequences explains, share %i`,
    async (share) => {
      for (let number = seed + share * SHARE; number < seed + (share + 1) * SHARE; number += 1) {
        await race(number).catch((error: unknown) => {
          throw named(number, error);
        });
      }
    },
    900_000,
  );

  it('met doubt, refusals and repeats on the way', () => {
    console.log(JSON.stringify(counts));
    expect(Object.values(counts).every((each) => each > 0)).toBe(true);
  });
});

/** A store with a fault of its own. */
const planted =
  (
    append: (
      store: EventStore,
      records: readonly NewRecord[],
      checks: readonly StreamCheck[],
    ) => ReturnType<EventStore['append']>,
  ) =>
  (store: EventStore): EventStore => ({
    append: (records, checks) => append(store, records, checks),
    readStream: (stream, from, limit) => store.readStream(stream, from, limit),
    readLast: (stream) => store.readLast(stream),
  });

describe('a planted fault is found', () => {
  let appends = 0;

  it.each([
    [
      'accounts are not checked: an update is lost',
      planted((store, records, checks) =>
        store.append(
          records,
          checks.filter(({ stream }) => !stream.startsWith('account-')),
        ),
      ),
    ],
    [
      'an append is acknowledged that was never written',
      planted((store, records, checks) => {
        appends += 1;
        if (appends % 40 > 0) return store.append(records, checks);
        return Promise.resolve({ committed: true, position: 0n });
      }),
    ],
    [
      'a resent append is written again',
      planted((store, records, checks) => {
        const again = records.map((record) => ({ ...record, id: `again-${record.id}` }));
        return store.append(records, checks).then((outcome) => {
          appends += 1;
          if (!outcome.committed || appends % 40 > 0) return outcome;
          return store.append(again, []);
        });
      }),
    ],
  ])(
    'when %s',
    async (_, fault) => {
      let found = 0;
      for (let number = 0; number < 500 && found === 0; number += 1) {
        await race(seed + number, fault).catch((error: unknown) => {
          found = number + 1;
          console.log(named(seed + number, error).message);
        });
      }
      expect(found).toBeGreaterThan(0);
    },
    300_000,
  );
});

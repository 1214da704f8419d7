import type { EventStore, NewRecord, StreamCheck } from '@daybook/event-store';
import { Random } from '@daybook/testing';
import type { LedgerCommand } from '../commands';
import { operationOf } from '../operation-of';
import { RacingServices } from './races.fixture';
import { SequenceWriter } from './sequence-writer.fixture';
import { checkSerialOrder } from './serial-order.fixture';
import { firstSeed, sequencesOr } from './size.fixture';

/*
 * The domain behind two command runners on one store, whose appends are lost, doubled and late,
 * with many calls at once. The log's own order must explain every answer that a client got.
 * A failure names its number; run it alone with
 * `DAYBOOK_SEED=<number> DAYBOOK_SEQUENCES=1`.
 */
const SEQUENCES = sequencesOr(50_000);
const SHARE = Math.min(2_000, SEQUENCES);

const counts = {
  ...{ sequences: 0, calls: 0, batches: 0, written: 0, unknown: 0, none: 0, other: 0 },
  ...{ faults: 0, conflicts: 0, unknownOutcomes: 0, fences: 0, snapshots: 0 },
};

/** Whether a batch may hold the command, too: each id once. */
function apart(batch: readonly LedgerCommand[], command: LedgerCommand): boolean {
  const claims = new Set(batch.flatMap((each) => operationOf(each).claims));
  return operationOf(command).claims.every((stream) => !claims.has(stream));
}

/** Mostly single commands, some atomic batches; the first ones set the scene. */
function callsOf(dice: Random): { scene: readonly LedgerCommand[]; calls: LedgerCommand[][] } {
  const writer = new SequenceWriter();
  const scene = [...writer.written];
  for (let count = 5 + dice.below(25); count > 0; count -= 1) writer.write(dice);
  const calls: LedgerCommand[][] = [];
  for (const command of writer.written.slice(scene.length)) {
    const batch = calls.at(-1);
    if (batch && batch.length < 4 && dice.chance(0.1) && apart(batch, command)) batch.push(command);
    else calls.push([command]);
  }
  return { scene, calls };
}

async function race(number: number, faulty?: (store: EventStore) => EventStore): Promise<void> {
  const dice = new Random(number);
  const services = new RacingServices(dice, faulty);
  const { scene, calls } = callsOf(dice);
  await services.call(scene);
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
  if (!faulty) count(services);
  await checkSerialOrder(services);
}

function count(services: RacingServices): void {
  const { calls } = services;
  counts.sequences += 1;
  counts.calls += calls.length;
  counts.faults += services.faults;
  for (const { conflicts, unknownOutcomes, fences, snapshotsWritten } of services.statistics()) {
    counts.conflicts += conflicts;
    counts.unknownOutcomes += unknownOutcomes;
    counts.fences += fences;
    counts.snapshots += snapshotsWritten;
  }
  for (const { commands, answer } of calls) {
    if (commands.length > 1) counts.batches += 1;
    if (typeof answer === 'string') counts[answer] += 1;
    else if (answer.some(({ outcome }) => outcome === 'accepted')) counts.written += 1;
    else counts.other += 1;
  }
}

const named = (number: number, error: unknown): Error =>
  new Error(`sequence ${number}: ${error instanceof Error ? error.message : String(error)}`);

describe(`two runners on a failing store, seeds ${firstSeed} to ${firstSeed + SEQUENCES - 1}`, () => {
  const shares = Array.from({ length: SEQUENCES / SHARE }, (_, share) => share);

  it.each(shares)(
    `answer as some order of ${SHARE} sequences explains, share %i`,
    async (share) => {
      for (
        let number = firstSeed + share * SHARE;
        number < firstSeed + (share + 1) * SHARE;
        number += 1
      ) {
        await race(number).catch((error: unknown) => {
          throw named(number, error);
        });
      }
    },
    900_000,
  );

  it('met doubt, races, fences and refusals on the way, each of them often', () => {
    console.log(`seeds ${firstSeed} to ${firstSeed + SEQUENCES - 1}: ${JSON.stringify(counts)}`);
    const least = Math.floor(SEQUENCES / 1_000) * 10;
    const seldom = Object.entries(counts).filter(([, each]) => each < least);
    expect(seldom).toEqual([]);
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
        const again = records.map((record) => ({ ...record, id: `f${record.id.slice(1)}` }));
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
        await race(firstSeed + number, fault).catch((error: unknown) => {
          found = number + 1;
          console.log(named(firstSeed + number, error).message);
        });
      }
      expect(found).toBeGreaterThan(0);
    },
    300_000,
  );
});

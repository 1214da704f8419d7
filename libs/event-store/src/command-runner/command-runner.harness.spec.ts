import { AppendRefused } from '../errors';
import type { EventStore } from '../event-store';
import { type Plant, runSeed } from './purses/campaign.fixture';
import { breachesOf } from './purses/laws.fixture';

const SEED = 20_260_401;
const RUNS = 2_500;
const PLANTED_RUNS = 150;

/** A campaign that does not meet these shows nothing about them. */
const MUST_HAPPEN = [
  ...['conflicts', 'learned', 'unknown outcomes', 'fences', 'snapshots'],
  ...['appended moved', 'recalled moved'],
  ...['recalled reused', 'reported insufficient', 'reported no-purse', 'reported exists'],
  ...['failed StoreUnavailable', 'failed Overloaded', 'failed TooMuchContention'],
];

const atLeast = (least: number): unknown => ({
  asymmetricMatch: (value: unknown) => typeof value === 'number' && value >= least,
});

const between = (store: EventStore, changed: Partial<EventStore>): EventStore => ({
  append: (records, checks) => store.append(records, checks),
  readStream: (stream, from, limit) => store.readStream(stream, from, limit),
  readLast: (stream) => store.readLast(stream),
  ...changed,
});

/** Bugs that the laws must notice, each planted where the runner meets its store. */
const plants: Readonly<Record<string, Plant>> = {
  'appends go without their checks': (store) =>
    between(store, { append: (records) => store.append(records, []) }),
  'reads from the cached revision on find nothing new': (store) =>
    between(store, {
      readStream: async (stream, from, limit) =>
        from > 0 ? [] : store.readStream(stream, from, limit),
    }),
  'an unknown outcome is taken for a no': (store) =>
    between(store, {
      append: async (records, checks) => {
        try {
          return await store.append(records, checks);
        } catch (cause) {
          throw new AppendRefused('taken for a no', { cause });
        }
      },
    }),
  'an unknown outcome is taken for a yes': (store) =>
    between(store, {
      append: async (records, checks) => {
        try {
          return await store.append(records, checks);
        } catch {
          return { committed: true, position: 1n };
        }
      },
    }),
};

describe('two runners, one store, and faults between them', () => {
  it(`keep every law in ${RUNS} random runs`, async () => {
    const counts: Record<string, number> = {};
    const count = (what: string, by = 1): void => {
      counts[what] = (counts[what] ?? 0) + by;
    };
    for (let run = 0; run < RUNS; run += 1) {
      const left = await runSeed(SEED + run);
      const breaches = await breachesOf(left);
      if (breaches.length > 0) throw new Error(`seed ${SEED + run}: ${breaches.join('; ')}`);
      for (const { outcome, error } of left.invocations) {
        const code = (error as { code?: string } | undefined)?.code;
        count(outcome ? `${outcome.kind} ${outcome.answer.status}` : `failed ${code}`);
      }
      count('commands', left.invocations.length);
      count('faults', left.faults);
      for (const runner of left.runners) {
        const { conflicts, recordsLearned, unknownOutcomes, fences, snapshotsWritten } =
          runner.statistics();
        count('conflicts', conflicts);
        count('learned', recordsLearned);
        count('unknown outcomes', unknownOutcomes);
        count('fences', fences);
        count('snapshots', snapshotsWritten);
        await runner.stop();
      }
    }
    console.info(`seeds ${SEED}..${SEED + RUNS - 1}`, counts);
    for (const met of MUST_HAPPEN) expect([met, counts[met]]).toEqual([met, atLeast(RUNS / 50)]);
    expect(counts['failed undefined']).toBeUndefined();
  }, 600_000);

  it.each(Object.keys(plants))(
    'would notice when %s',
    async (bug) => {
      let caught: string | undefined;
      let runs = 0;
      for (; runs < PLANTED_RUNS && caught === undefined; runs += 1) {
        const left = await runSeed(SEED + runs, plants[bug]);
        [caught] = await breachesOf(left);
      }
      console.info(`planted: ${bug}; run ${runs}: ${caught}`);
      expect(caught).toBeDefined();
    },
    120_000,
  );
});

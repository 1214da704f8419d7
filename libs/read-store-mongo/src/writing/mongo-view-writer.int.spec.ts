import { allPartitions } from '@daybook/ledger-contracts';
import { project } from '@daybook/subscription';
import fc from 'fast-check';
import { LedgerLog } from '../../../read-model/src/ledger-log.fixture';
import { randomLedgers } from '../../../read-model/src/random-ledger.fixture';
import { MemoryLog } from '../../../subscription/src/memory-log.fixture';
import { lowestCheckpoint, MongoCheckpoints } from '../checkpoints/mongo-checkpoints';
import type { Views } from '../collections/views';
import { openViews, type ViewsUnderTest } from '../queries/views.fixture';
import { prepareGeneration } from '../generations/generations';
import type { Difference } from '../verify/differences';
import { verifyViews } from '../verify/verify-views';
import { Crashed, crashingViews } from './crashing-views.fixture';
import { MongoViewWriter } from './mongo-view-writer';

const prefixes = ['account-', 'transaction-', 'request-'];

let under: ViewsUnderTest;
let generation = 1;

beforeAll(async () => {
  under = await openViews();
});
afterAll(() => under.close());

/** Empty views: a generation of their own. */
async function emptyViews(): Promise<Views> {
  generation += 1;
  await prepareGeneration(under.store.db, generation);
  return under.store.views(generation);
}

const logOf = (ledger: LedgerLog): MemoryLog => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  return log;
};

interface Run {
  readonly views: Views;
  readonly pageSize?: number;
  readonly partitions?: readonly number[];
}

/** Projects to the end of the log; a crash in the views ends it there. */
async function projectToEnd(
  log: MemoryLog,
  { views, pageSize = 7, partitions = allPartitions }: Run,
) {
  const stop = new AbortController();
  await project({
    log,
    writer: new MongoViewWriter({ views }),
    checkpoints: new MongoCheckpoints(views),
    prefixes,
    partitions,
    pageSize,
    signal: stop.signal,
    backoff: { firstMs: 1, longestMs: 5 },
    observer: {
      onBatch: ({ atEnd }) => atEnd && stop.abort(),
      onWriteFailure: (error) => {
        if (!(error instanceof Crashed)) throw error;
        stop.abort();
      },
    },
  });
}

async function differences(log: MemoryLog, views: Views): Promise<Difference[]> {
  const found: Difference[] = [];
  const { signal } = new AbortController();
  const onDifference = (difference: Difference) => found.push(difference);
  await verifyViews({ views, log, onDifference, signal, waitMs: 0 });
  return found;
}

const busyLedger = () => {
  const ledger = new LedgerLog().open('alice').open('bob').open('carol');
  const hour = (n: number) => ({ effectiveAt: new Date(Date.UTC(2025, 0, 1, n)) });
  for (let i = 0; i < 8; i += 1) {
    ledger.post(`d${i}`, [{ from: '@bank', to: 'alice', amount: 100n }], hour(24 - i));
    ledger.post(`t${i}`, [{ from: 'alice', to: 'bob', amount: 10n }]);
    ledger.pend(`p${i}`, [{ from: 'bob', to: 'carol', amount: 1n }]);
    if (i % 2) ledger.voidPending(`p${i}`).wait(900);
  }
  return ledger.freeze('carol');
};

it('stores what the log leads to, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(randomLedgers, fc.integer({ min: 1, max: 40 }), async (ledger, pageSize) => {
      const views = await emptyViews();
      const log = logOf(ledger);
      await projectToEnd(log, { views, pageSize });
      expect(await differences(log, views)).toEqual([]);
    }),
    { numRuns: 10 },
  );
}, 120_000);

it('loses and doubles nothing wherever it crashes', async () => {
  const log = logOf(busyLedger());
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; nth <= 40; nth += 3) {
      const views = await emptyViews();
      await projectToEnd(log, { views: crashingViews(views, nth, when), pageSize: 40 });
      await projectToEnd(log, { views, pageSize: 11 });
      expect(await differences(log, views)).toEqual([]);
    }
  }
}, 120_000);

it('keeps views right with two projectors at once', async () => {
  const log = logOf(busyLedger());
  for (const pageSize of [3, 10, 50]) {
    const views = await emptyViews();
    await Promise.all([
      projectToEnd(log, { views, pageSize }),
      projectToEnd(log, { views, pageSize: 8 }),
      projectToEnd(log, {
        views,
        pageSize: 5,
        partitions: allPartitions.filter((p) => p % 2 === 0),
      }),
    ]);
    expect(await differences(log, views)).toEqual([]);
  }
}, 60_000);

it('goes on for a partition that stands further back than others', async () => {
  const log = logOf(busyLedger());
  const views = await emptyViews();
  await projectToEnd(log, {
    views,
    partitions: allPartitions.filter((partition) => partition !== 5),
  });
  expect(await lowestCheckpoint(views)).toBeUndefined();
  await projectToEnd(log, { views });
  expect(await differences(log, views)).toEqual([]);
});

it('keeps sums beyond 64 bits whole', async () => {
  const ledger = new LedgerLog().open('alice').open('bob');
  const huge = 9n * 10n ** 18n;
  const moves = [
    { from: '@bank', to: 'alice', amount: huge },
    { from: '@bank', to: 'bob', amount: huge },
  ];
  const log = logOf(ledger.post('t1', moves).post('t1b', [{ ...moves[0]!, amount: 1n }]));
  const views = await emptyViews();
  await projectToEnd(log, { views, pageSize: 2 });
  expect(await differences(log, views)).toEqual([]);
});

it('quarantines a poison event’s stream once, and says so in its view', async () => {
  const ledger = new LedgerLog()
    .open('alice')
    .raw('account-alice', 'AccountCursed', {})
    .freeze('alice')
    .open('bob');
  const views = await emptyViews();
  const log = logOf(ledger);
  await projectToEnd(log, { views, pageSize: 1 });
  expect(await views.collection('accounts').findOne({ _id: 'alice' })).toMatchObject({
    revision: 0,
    status: 'open',
    quarantined: true,
  });
  const quarantine = await views.collection('quarantine').find().toArray();
  expect(quarantine).toMatchObject([{ _id: 'account-alice', revision: 1 }]);
  const found = await differences(log, views);
  expect(found.map(({ where, id }) => [where, id])).toEqual([['log', 'account-alice']]);
});

import { allPartitions } from '@daybook/ledger-contracts';
import { project } from '@daybook/subscription';
import { LedgerLog } from '../../../read-model/src/ledger-log.fixture';
import { MemoryLog } from '../../../subscription/src/memory-log.fixture';
import { MongoCheckpoints } from '../checkpoints/mongo-checkpoints';
import { PROJECTIONS } from '../collections/collection-names';
import type { ReadStore } from '../connection/read-store';
import { readGenerations, switchGeneration } from '../generations/generations';
import { openViews, type ViewsUnderTest } from '../queries/views.fixture';
import { verifyViews } from '../verify/verify-views';
import { MongoViewWriter } from '../writing/mongo-view-writer';
import { goBack } from './go-back';
import { rebuildViews } from './rebuild-views';

const ledger = new LedgerLog()
  .open('alice')
  .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }])
  .post('t2', [{ from: '@bank', to: 'alice', amount: 700n }]);
const [opened, first, second] = ledger.groups;

let under: ViewsUnderTest;
let log: MemoryLog;

beforeEach(async () => {
  under = await openViews();
  log = new MemoryLog();
});
afterEach(() => under.close());

const signal = new AbortController().signal;
const generations = () => readGenerations(under.store.db);
const rebuild = () =>
  rebuildViews({ store: under.store, log, onDifference: () => undefined, signal });
const back = (store = under.store) => goBack({ store, log, signal });

/** As the projector does with a generation that answers: from its checkpoints to the log's end. */
async function projectedToEnd(generation: number): Promise<void> {
  const views = under.store.views(generation);
  const done = new AbortController();
  await project({
    log,
    writer: new MongoViewWriter({ views }),
    checkpoints: new MongoCheckpoints(views),
    prefixes: ['account-', 'transaction-'],
    partitions: allPartitions,
    pageSize: 10,
    signal: done.signal,
    observer: { onBatch: ({ atEnd }) => atEnd && done.abort() },
  });
}

async function differences(generation: number): Promise<number> {
  const views = under.store.views(generation);
  return (await verifyViews({ views, log, onDifference: () => undefined, signal })).differences;
}

describe('going back', () => {
  beforeEach(async () => {
    log.records.push(...opened!.records);
    await projectedToEnd(1);
    log.records.push(...first!.records);
    await rebuild();
  });

  it('lets the kept views answer from where they stand, and a projector take them on', async () => {
    log.records.push(...second!.records);
    await projectedToEnd(2);
    const [kept, newest] = [opened!.position, second!.position];
    expect(await back()).toEqual({ from: 2, to: 1, position: kept, positionBefore: newest });
    expect(await generations()).toEqual({ live: 1, previous: 2, abandoned: true });
    await projectedToEnd(1);
    expect(await differences(1)).toBe(0);
  });

  it('goes forth again, and back, and forth', async () => {
    for (const live of [1, 2, 1, 2]) {
      expect(await back()).toMatchObject({ from: 3 - live, to: live });
      await projectedToEnd(live);
      expect(await differences(live)).toBe(0);
    }
  });

  it('leaves a rebuild that follows its own place, and keeps what it went back to', async () => {
    await back();
    expect(await rebuild()).toMatchObject({ from: 1, to: 3, switched: true });
    expect(await generations()).toEqual({ live: 3, previous: 1, abandoned: false });
    expect(await back()).toMatchObject({ from: 3, to: 1 });
    await projectedToEnd(1);
    expect(await differences(1)).toBe(0);
  });

  it('waits for no rebuild, which then does not switch', async () => {
    const { readAfter } = log;
    let went: Promise<unknown> | undefined;
    log.readAfter = async (...place) => {
      await (went ??= back());
      return readAfter.apply(log, place);
    };
    expect(await rebuild()).toMatchObject({ from: 2, to: 3, switched: false, differences: 0 });
    expect(await generations()).toMatchObject({ live: 1, previous: 2 });
    await projectedToEnd(1);
    expect(await differences(1)).toBe(0);
  });

  it('goes back once when two do at the same time', async () => {
    const results = await Promise.allSettled([back(), back()]);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result] : []));
    // One after the other they go back and forth again.
    const { live } = (await generations())!;
    expect(live).toBe(refused.length === 1 ? 1 : 2);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'SwitchedMeanwhile' });
  });

  it('does not go to what a rebuild has dropped meanwhile', async () => {
    const { readStream } = log;
    log.readStream = async (...place) => {
      log.readStream = readStream;
      await rebuild();
      await back();
      return readStream.apply(log, place);
    };
    await expect(back()).rejects.toMatchObject({ code: 'SwitchedMeanwhile' });
    expect(await generations()).toMatchObject({ live: 2, previous: 3 });
  });

  it.each(['before', 'after'] as const)(
    'leaves one of the two to answer when it dies %s its write',
    async (when) => {
      await expect(back(dying(under.store, when))).rejects.toThrow('died');
      expect(await generations()).toMatchObject(
        when === 'before' ? { live: 2, previous: 1 } : { live: 1, previous: 2 },
      );
      expect(await back()).toMatchObject({ to: when === 'before' ? 1 : 2 });
    },
  );

  it('refuses views of another log', async () => {
    log.records.splice(0, Infinity, ...opened!.records);
    await switchGeneration(under.store.db, { live: 2, previous: 1 }, { to: 1, abandoned: false });
    await expect(back()).rejects.toThrow(
      'nothing to go back to: generation 2 is kept, but was projected from another log',
    );
    expect(await generations()).toMatchObject({ live: 1, previous: 2 });
  }, 20_000);
});

describe('there is nothing to go back to', () => {
  const nothing = async (reason: string) => {
    await expect(back()).rejects.toMatchObject({
      code: 'NothingToGoBackTo',
      message: expect.stringContaining(reason) as string,
    });
  };

  it('before the first rebuild', async () => {
    await nothing('no rebuild has switched yet');
  });

  it('in a database without views, and leaves it so', async () => {
    await under.store.db.dropDatabase();
    await nothing('no rebuild has switched yet');
    expect(await under.store.db.listCollections().toArray()).toEqual([]);
  });

  it('when the kept views were never filled', async () => {
    log.records.push(...ledger.records);
    await rebuild();
    await nothing('generation 1 is kept, but was never filled');
    expect(await generations()).toMatchObject({ live: 2, previous: 1 });
  });
});

/** A store whose write of the generations is the last thing that its process does, or not even. */
function dying(store: ReadStore, when: 'before' | 'after'): ReadStore {
  const collection = (name: string) => {
    const found = store.db.collection(name);
    if (name !== PROJECTIONS) return found;
    return new Proxy(found, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (key === 'updateOne' && when === 'before') throw new Error('died');
          const result: unknown = await member.apply(target, args);
          if (key === 'updateOne') throw new Error('died');
          return result;
        };
      },
    });
  };
  const db = new Proxy(store.db, {
    get: (target, key) => (key === 'collection' ? collection : Reflect.get(target, key, target)),
  });
  return { ...store, db };
}

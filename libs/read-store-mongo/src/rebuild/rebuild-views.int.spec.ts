import type { EventLog } from '@daybook/event-store';
import { LedgerLog, type LoggedGroup } from '../../../read-model/src/ledger-log.fixture';
import { MemoryLog } from '../../../subscription/src/memory-log.fixture';
import { lowestCheckpoint } from '../checkpoints/mongo-checkpoints';
import { PROJECTIONS } from '../collections/collection-names';
import { dropUnused, prepareGeneration, readGenerations } from '../generations/generations';
import { LiveLedger } from '../queries/live-ledger';
import { openViews, type ViewsUnderTest } from '../queries/views.fixture';
import { rebuildViews } from './rebuild-views';

const ledger = new LedgerLog()
  .open('alice')
  .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }]);

let under: ViewsUnderTest;

beforeEach(async () => {
  under = await openViews();
});
afterEach(() => under.close());

const generations = () => readGenerations(under.store.db);

const rebuild = (log: EventLog) =>
  rebuildViews({
    store: under.store,
    log,
    onDifference: () => undefined,
    signal: new AbortController().signal,
  });

it('fills new views beside the old, and switches', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  await under.apply(ledger.groups.slice(0, 1));
  const report = await rebuild(log);
  expect(report).toEqual({ from: 1, to: 2, records: 3, differences: 0, switched: true });
  expect(await generations()).toEqual({ live: 2, previous: 1, abandoned: false });
  const account = (generation: number) =>
    under.store.views(generation).collection('accounts').findOne({ _id: 'alice' });
  expect(await account(1)).toMatchObject({ posted: 0n });
  expect(await account(2)).toMatchObject({ posted: 500n });
});

it('takes in what is recorded while it compares, before it switches', async () => {
  const log = new MemoryLog();
  const [opened, posted] = ledger.groups;
  log.records.push(...opened!.records);
  await rebuildViews({
    store: under.store,
    log: recordingWhilePaged(log, posted!),
    onDifference: () => undefined,
    signal: new AbortController().signal,
  });
  const found = await under.store.views(2).collection('accounts').findOne({ _id: 'alice' });
  expect(found).toMatchObject({ posted: 500n });
  const reached = await lowestCheckpoint(under.store.views(2));
  expect(reached?.position).toBe(posted!.position);
});

const otherwise = (log: MemoryLog): Omit<EventLog, 'readAfter'> => ({
  end: () => log.end(),
  readStream: (...place) => log.readStream(...place),
  follow: (...place) => log.follow(...place),
});

/** Only comparing reads a log by pages: then one more group is recorded. */
function recordingWhilePaged(log: MemoryLog, group: LoggedGroup): EventLog {
  return {
    ...otherwise(log),
    readAfter: async (from, limit, prefixes) => {
      const page = await log.readAfter(from, limit, prefixes);
      if (limit > 1 && log.records.at(-1)?.position !== group.position) {
        log.records.push(...group.records);
      }
      return page;
    },
  };
}

/** A log on which something happens while the views are compared: only that reads it by pages. */
function whilePaged(log: MemoryLog, happens: () => Promise<void>): EventLog {
  let happened: Promise<void> | undefined;
  return {
    ...otherwise(log),
    readAfter: async (from, limit, prefixes) => {
      if (limit > 1) await (happened ??= happens());
      return log.readAfter(from, limit, prefixes);
    },
  };
}

it('refuses to begin while another one is under way, which goes on', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  const second = async () => {
    await expect(rebuild(log)).rejects.toThrow('another rebuild of the views is under way');
  };
  expect(await rebuild(whilePaged(log, second))).toMatchObject({ switched: true, to: 2 });
  expect(await rebuild(log)).toMatchObject({ switched: true, from: 2, to: 3 });
});

it('does not switch when another one took its turn', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  const late = async () => {
    const stored = under.store.db.collection(PROJECTIONS);
    await stored.updateOne({}, { $set: { rebuild: { owner: 'another', until: new Date() } } });
  };
  expect(await rebuild(whilePaged(log, late))).toMatchObject({ switched: false, differences: 0 });
  expect(await generations()).toMatchObject({ live: 1, previous: null });
});

it('leaves alone what another one made while it stood still', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  const late = async () => {
    const stored = under.store.db.collection(PROJECTIONS);
    await stored.updateOne({}, { $set: { 'rebuild.until': new Date(0) } });
    expect(await rebuild(log)).toMatchObject({ switched: true, to: 3 });
  };
  expect(await rebuild(whilePaged(log, late))).toMatchObject({ switched: false, to: 2 });
  expect(await generations()).toMatchObject({ live: 3, previous: 1 });
  const found = await under.store.views(3).collection('accounts').findOne({ _id: 'alice' });
  expect(found).toMatchObject({ posted: 500n });
});

it('does not switch to views of a log that breaks a law', async () => {
  const log = new MemoryLog();
  const [opened, leg] = ledger.records;
  log.records.push(opened!, { ...leg!, metadata: { schema: '1', last: 'true' } });
  const report = await rebuild(log);
  expect(report).toMatchObject({ switched: false });
  expect(report.differences).toBeGreaterThan(0);
  expect(await generations()).toMatchObject({ live: 1, previous: null });
});

it('drops what earlier and killed ones left, never what answers nor what is kept', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  const stored = async () => {
    const all = await under.store.db.listCollections({}, { nameOnly: true }).toArray();
    const found = all.flatMap(({ name }) => /_v(\d+)$/.exec(name)?.[1] ?? []);
    return [...new Set(found)].map(Number).sort();
  };
  await prepareGeneration(under.store.db, 2);
  await under.store.db.collection(PROJECTIONS).updateOne({}, { $set: { newest: 2 } });
  expect(await rebuild(log)).toMatchObject({ from: 1, to: 3 });
  expect(await stored()).toEqual([1, 3]);
  expect(await rebuild(log)).toMatchObject({ from: 3, to: 4 });
  expect(await stored()).toEqual([3, 4]);
  await dropUnused(under.store.db, 9);
  expect(await stored()).toEqual([3, 4]);
});

it('keeps a view in sight of whoever reads, however soon one follows another', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  await under.apply(ledger.groups);
  await under.reach(ledger.groups.at(-1)!);
  const live = new LiveLedger(under.store);
  const { position } = ledger.groups.at(-1)!;
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      expect((await live.newest()).reached.position).toBe(position);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  await rebuild(log);
  expect(await rebuild(log)).toMatchObject({ from: 2, to: 3, switched: true });
  isOver = true;
  await reading;
});

it('lets nothing wait for views of another log', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  await rebuild(log);
  const live = new LiveLedger(under.store);
  const [opened, posted] = ledger.groups;
  expect((await live.newest()).reached.position).toBe(posted!.position);
  const older = new MemoryLog();
  older.records.push(...opened!.records);
  expect(await rebuild(older)).toMatchObject({ from: 2, to: 3, switched: true });
  expect(await generations()).toEqual({ live: 3, previous: 2, abandoned: true });
  expect((await live.newest()).reached.position).toBe(opened!.position);
}, 20_000);

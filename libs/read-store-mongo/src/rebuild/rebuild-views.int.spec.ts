import type { EventLog } from '@daybook/event-store';
import { PARTITIONS } from '@daybook/ledger-contracts';
import { LedgerLog, type LoggedGroup } from '../../../read-model/src/ledger-log.fixture';
import { MemoryLog } from '../../../subscription/src/memory-log.fixture';
import { lowestCheckpoint } from '../checkpoints/mongo-checkpoints';
import { PROJECTIONS } from '../collections/collection-names';
import { dropGeneration, readGenerations, switchGeneration } from '../generations/generations';
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

const rebuild = (log: EventLog) =>
  rebuildViews({
    store: under.store,
    log,
    onDifference: () => undefined,
    signal: new AbortController().signal,
  });

it('fills new views beside the old, switches, and can go back at once', async () => {
  const log = new MemoryLog();
  log.records.push(...ledger.records);
  await under.apply(ledger.groups.slice(0, 1));
  const report = await rebuild(log);
  expect(report).toEqual({ from: 1, to: 2, records: 3, differences: 0, switched: true });
  expect(await readGenerations(under.store.db)).toEqual({ live: 2, previous: 1 });
  const account = (generation: number) =>
    under.store.views(generation).collection('accounts').findOne({ _id: 'alice' });
  expect(await account(1)).toMatchObject({ posted: 0n });
  expect(await account(2)).toMatchObject({ posted: 500n });
  expect(await switchGeneration(under.store.db, 2, 1)).toBe(true);
  expect(await readGenerations(under.store.db)).toEqual({ live: 1, previous: 2 });
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
  const reached = await lowestCheckpoint(under.store.views(2), PARTITIONS);
  expect(reached?.position).toBe(posted!.position);
});

/** Only comparing reads a log by pages: then one more group is recorded. */
function recordingWhilePaged(log: MemoryLog, group: LoggedGroup): EventLog {
  return {
    readAfter: async (from, limit, prefixes) => {
      const page = await log.readAfter(from, limit, prefixes);
      if (limit > 1 && log.records.at(-1)?.position !== group.position) {
        log.records.push(...group.records);
      }
      return page;
    },
    follow: (...place) => log.follow(...place),
  };
}

/** A log on which something happens while the views are compared: only that reads it by pages. */
function whilePaged(log: MemoryLog, happens: () => Promise<void>): EventLog {
  let happened: Promise<void> | undefined;
  return {
    readAfter: async (from, limit, prefixes) => {
      if (limit > 1) await (happened ??= happens());
      return log.readAfter(from, limit, prefixes);
    },
    follow: (...place) => log.follow(...place),
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
    const generations = under.store.db.collection(PROJECTIONS);
    await generations.updateOne({}, { $set: { 'rebuild.until': new Date(0) } });
    expect(await rebuild(log)).toMatchObject({ switched: true, to: 2 });
    // As if nobody had switched: its turn alone is what it lost.
    await switchGeneration(under.store.db, 2, 1);
  };
  expect(await rebuild(whilePaged(log, late))).toMatchObject({ switched: false });
  expect(await readGenerations(under.store.db)).toEqual({ live: 1, previous: 2 });
});

it('does not switch to views of a log that breaks a law', async () => {
  const log = new MemoryLog();
  const [opened, leg] = ledger.records;
  log.records.push(opened!, { ...leg!, metadata: { schema: '1', last: 'true' } });
  const report = await rebuild(log);
  expect(report).toMatchObject({ switched: false });
  expect(report.differences).toBeGreaterThan(0);
  expect(await readGenerations(under.store.db)).toEqual({ live: 1, previous: null });
});

it('refuses to drop the views that answer queries', async () => {
  await expect(dropGeneration(under.store.db, 1)).rejects.toThrow('answers queries');
});

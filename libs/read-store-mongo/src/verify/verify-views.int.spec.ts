import type { Document } from 'mongodb';
import { LedgerLog } from '../../../read-model/src/ledger-log.fixture';
import { MemoryLog } from '../../../subscription/src/memory-log.fixture';
import type { ViewName } from '../collections/collection-names';
import { openViews, type ViewsUnderTest } from '../queries/views.fixture';
import type { Difference } from './differences';
import { verifyViews } from './verify-views';

const ledger = new LedgerLog()
  .open('alice')
  .open('bob')
  .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }])
  .post('t2', [{ from: 'alice', to: 'bob', amount: 200n }]);
const log = new MemoryLog();
log.records.push(...ledger.records);

let under: ViewsUnderTest;

beforeEach(async () => {
  under = await openViews();
  await under.apply(ledger.groups);
  await under.reach(ledger.groups.at(-1)!);
});
afterEach(() => under.close());

async function differences(): Promise<Difference[]> {
  const found: Difference[] = [];
  const { signal } = new AbortController();
  const onDifference = (difference: Difference) => found.push(difference);
  const options = { views: under.views, log, onDifference, signal, waitMs: 0 };
  const report = await verifyViews(options);
  expect(report.differences).toBe(found.length);
  return found;
}

const raw = (name: ViewName) => under.views.collection(name) as never as RawCollection;
interface RawCollection {
  updateOne(filter: Document, update: Document): Promise<unknown>;
  deleteOne(filter: Document): Promise<unknown>;
  insertOne(document: Document): Promise<unknown>;
}

it('finds nothing where nothing is wrong', async () => {
  expect(await differences()).toEqual([]);
});

it('names a document that says something else', async () => {
  await raw('accounts').updateOne({ _id: 'alice' }, { $set: { posted: 301n } });
  expect(await differences()).toEqual([
    { where: 'accounts', id: 'alice', detail: 'posted is "301", the log says "300"' },
  ]);
});

it('names an entry that is missing', async () => {
  await raw('entries').deleteOne({ account: 'bob' });
  expect(await differences()).toMatchObject([{ where: 'entries', detail: 'is missing' }]);
});

it('names what the log knows nothing of', async () => {
  await raw('transactions').insertOne({ _id: 'invented' });
  await raw('entries').insertOne({ _id: 'invented' });
  expect(await differences()).toEqual([
    { where: 'transactions', id: 'invented', detail: 'is not in the log' },
    { where: 'entries', id: 'all', detail: '1 more than the log leads to' },
  ]);
});

it('is not certain of differences when the log has grown meanwhile', async () => {
  const last = ledger.groups.at(-1)!.records;
  const growing = new MemoryLog();
  growing.records.push(...ledger.records.slice(0, -last.length));
  const { signal } = new AbortController();
  const options = { views: under.views, log: growing, onDifference: () => undefined, signal };
  const atRest = await verifyViews(options);
  expect(atRest.differences).toBeGreaterThan(0);
  expect(atRest.uncertain).toBe(0);
  const onProgress = () => growing.records.push(...last);
  const { differences } = atRest;
  expect(await verifyViews({ ...options, onProgress })).toEqual({
    ...atRest,
    uncertain: differences,
  });
  expect(await verifyViews(options)).toMatchObject({ differences: 0, uncertain: 0 });
});

it('says when the views are behind the log', async () => {
  const checkpoints = raw('checkpoints');
  await checkpoints.updateOne({ _id: 3 }, { $set: { position: 100n } });
  expect(await differences()).toMatchObject([{ where: 'checkpoints', id: 'views' }]);
});

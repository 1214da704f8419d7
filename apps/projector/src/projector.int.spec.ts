import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { RunningService } from '@daybook/platform';
import { openReadStore, verifyViews, type Difference } from '@daybook/read-store-mongo';
import { LedgerLog, type LoggedGroup } from '../../../libs/read-model/src/ledger-log.fixture';
import { openStores, type StoresUnderTest } from './projector.fixture';

let stores: StoresUnderTest;
const running: RunningService[] = [];

beforeAll(async () => {
  stores = await openStores();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});
afterAll(() => stores.close());

const start = async (name?: string): Promise<RunningService> => {
  const service = await stores.projector(name);
  running.push(service);
  return service;
};

/** A ledger of this test alone: stores may be shared and not empty. */
function aLedger(transfers: number): readonly LoggedGroup[] {
  const own = randomBytes(5).toString('hex');
  const [alice, bob] = [`alice-${own}`, `bob-${own}`];
  const ledger = new LedgerLog().open(alice).open(bob);
  for (let i = 0; i < transfers; i += 1) {
    const from = i % 5 === 0 ? '@bank' : alice;
    ledger.post(`t${i}-${own}`, [{ from, to: bob, amount: BigInt(i + 1) }]);
  }
  return ledger.groups.map((group) => ({
    ...group,
    records: group.records.map((record) => ({ ...record, id: crypto.randomUUID() })),
  }));
}

async function reached({ url }: RunningService, position: bigint): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/position`);
    const answer = (await response.json()) as { position: string; recordedAt: string | null };
    if (BigInt(answer.position) >= position) {
      expect(Number.isNaN(Date.parse(answer.recordedAt ?? ''))).toBe(false);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const metricsAt = async (url: string) => (await fetch(`${url}/metrics`)).text();

async function differences(): Promise<Difference[]> {
  const store = await openReadStore(stores.mongoUrl, { appName: 'projector-spec' });
  const found: Difference[] = [];
  await verifyViews({
    views: store.views(1),
    log: stores.connection.store,
    onDifference: (difference) => found.push(difference),
    signal: new AbortController().signal,
  });
  await store.close();
  return found;
}

it('says a position that a query can name, also before anything is projected', async () => {
  const answer = await fetch(`${(await start()).url}/position`);
  expect((await answer.json()) as object).toMatchObject({
    position: expect.stringMatching(/^\d+$/),
  });
});

it('projects what was there and what comes, and says how far it is', async () => {
  const old = await stores.append(aLedger(60));
  const projector = await start();
  await reached(projector, old);
  expect((await fetch(`${projector.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${projector.url}/health/ready`)).status).toBe(200);
  await reached(projector, await stores.append(aLedger(20)));
  const metrics = await metricsAt(projector.url);
  expect(metrics).toMatch(/daybook_projection_partitions\{[^}]*\} 16/);
  expect(metrics).toMatch(/daybook_projection_lag_seconds\{[^}]*\} 0/);
  expect(await differences()).toEqual([]);
});

it('reaches the positions of receipts, also when nothing comes after them', async () => {
  const projector = await start();
  await reached(projector, await stores.append(aLedger(1)));
  const stream = `command-${randomBytes(5).toString('hex')}`;
  const outcome = await stores.connection.store.append(
    [{ stream, id: crypto.randomUUID(), type: 'CommandReceived', json: '{}', metadata: {} }],
    [{ stream, expected: 'no-stream' }],
  );
  if (!outcome.committed) throw new Error('not committed');
  await reached(projector, outcome.position);
  await reached(projector, await stores.append(aLedger(1)));
  expect(await differences()).toEqual([]);
});

it('goes on where it stopped, in the middle of a load too', async () => {
  const appending = stores.append(aLedger(120));
  const first = await start('one');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await first.stop();
  const second = await start('one');
  await reached(second, await appending);
  expect(await differences()).toEqual([]);
});

it('shares the work with another worker, and takes over when that one leaves', async () => {
  const one = await start('one');
  const two = await start('two');
  const position = await stores.append(aLedger(80));
  await reached(one, position);
  await two.stop();
  await reached(one, await stores.append(aLedger(40)));
  expect(await differences()).toEqual([]);
});

// Last: the log breaks a law from here on.
it('says how many streams it cannot project, also after a restart', async () => {
  const ledger = new LedgerLog().open(`alice-${randomBytes(5).toString('hex')}`);
  const [stream] = ledger.records.map((record) => record.stream);
  const groups = ledger.raw(stream!, 'AccountEnchanted', {}).groups.map((group) => ({
    ...group,
    records: group.records.map((record) => ({ ...record, id: crypto.randomUUID() })),
  }));
  const quarantined = async ({ url }: RunningService) =>
    Number(/daybook_quarantined_streams\{[^}]*\} (\d+)/.exec(await metricsAt(url))?.[1]);
  const first = await start();
  await reached(first, await stores.append(aLedger(1)));
  const before = await quarantined(first);
  await reached(first, await stores.append(groups));
  expect(await quarantined(first)).toBe(before + 1);
  await first.stop();
  const second = await start();
  await reached(second, await stores.append(aLedger(1)));
  expect(await quarantined(second)).toBe(before + 1);
});

import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { RunningService } from '@daybook/platform';
import { openReadStore, rebuildViews, type ReadStore } from '@daybook/read-store-mongo';
import { LedgerLog } from '../../../libs/read-model/src/ledger-log.fixture';
import { openStores, type StoresUnderTest } from './projector.fixture';

let stores: StoresUnderTest;
let readStore: ReadStore;
const running: RunningService[] = [];

beforeAll(async () => {
  stores = await openStores();
  readStore = await openReadStore(stores.mongoUrl, { appName: 'restored-log-spec' });
});
afterAll(async () => {
  await Promise.all(running.map((service) => service.stop()));
  await readStore.close();
  await stores.close();
});

async function start(name: string): Promise<RunningService> {
  const service = await stores.projector(name);
  running.push(service);
  return service;
}

/** Opens accounts in the log, and gives the position of the last. */
function opened(accounts: number): Promise<bigint> {
  const ledger = new LedgerLog();
  for (let i = 0; i < accounts; i += 1) ledger.open(`a-${randomBytes(5).toString('hex')}`);
  return stores.append(
    ledger.groups.map((group) => ({
      ...group,
      records: group.records.map((record) => ({ ...record, id: crypto.randomUUID() })),
    })),
  );
}

const position = async ({ url }: RunningService) => {
  const answer = (await (await fetch(`${url}/position`)).json()) as { position: string };
  return BigInt(answer.position);
};

/** What the projector is not ready for; undefined while it is ready. */
async function unready({ url }: RunningService): Promise<string | undefined> {
  const response = await fetch(`${url}/health/ready`);
  const { checks } = (await response.json()) as { checks: { projecting: string } };
  return response.ok ? undefined : checks.projecting;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 25));
}

it('projects nothing of an older log under newer views, until they are rebuilt', async () => {
  const log = stores.connection.store;
  const first = await start('first');
  await opened(3);
  const restore = await stores.backUp();
  // Of a store that is not the test's own nobody can restore a backup.
  if (!restore) return;
  const lost = await opened(5);
  await until(async () => (await position(first)) === lost);
  await restore();
  // Sooner than it is looked at, the log grows beyond what was projected of the one before.
  const grown = await opened(9);
  expect(grown).toBeGreaterThan(lost);

  await until(async () => (await unready(first)) === 'ViewsOfAnotherLog');
  const second = await start('second');
  await until(async () => (await unready(second)) === 'ReadFailing');
  expect(await position(first)).toBe(lost);
  expect((await fetch(`${first.url}/health/live`)).status).toBe(200);

  const signal = new AbortController().signal;
  const report = await rebuildViews({ store: readStore, log, onDifference: () => {}, signal });
  expect(report).toMatchObject({ switched: true, differences: 0 });
  for (const projector of [first, second]) {
    await until(async () => (await unready(projector)) === undefined);
  }
  const newest = await opened(1);
  await until(async () => (await position(first)) === newest);
  expect(await readStore.views(report.to).collection('accounts').countDocuments()).toBe(13);
}, 60_000);

import type { Checkpoint } from '@daybook/subscription';
import { connectKurrentDB } from '@daybook/event-store-kurrentdb';
import { allPartitions } from '@daybook/ledger-contracts';
import { MongoCheckpoints, switchGeneration } from '@daybook/read-store-mongo';
import { randomBytes, randomUUID } from 'node:crypto';
import { aStore } from '../../../../libs/event-store-kurrentdb/src/store-under-test.fixture';
import {
  openViews,
  type ViewsUnderTest,
} from '../../../../libs/read-store-mongo/src/queries/views.fixture';
import { withStores } from '../stores/with-stores';
import { backCommand } from './back-command';

let kurrentdb: { readonly url: string; stop(): Promise<void> };
let under: ViewsUnderTest;

beforeEach(async () => {
  kurrentdb = await aStore();
  under = await openViews();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await under.close();
  await kurrentdb.stop();
});

async function back(): Promise<[number, string]> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  jest.spyOn(console, 'log').mockImplementation(say);
  jest.spyOn(console, 'error').mockImplementation(say);
  const status = await withStores({ kurrentdb: kurrentdb.url, mongodb: under.url }, backCommand);
  return [status, lines.join('\n')];
}

/** Writes a record, and gives the checkpoint of who has read up to it. */
async function recorded(): Promise<Omit<Checkpoint, 'partition'>> {
  const { store, close } = connectKurrentDB(kurrentdb.url);
  const [stream, id] = [`account-${randomBytes(5).toString('hex')}`, randomUUID()];
  const metadata = { last: 'true' };
  const record = { stream, id, type: 'AccountOpened', json: '{}', metadata };
  const outcome = await store.append([record], []);
  await close();
  if (!outcome.committed) throw new Error('not committed');
  const last = { stream, revision: 0, id };
  return { position: outcome.position, recordedAt: new Date(), last };
}

async function reach(generation: number, place: Omit<Checkpoint, 'partition'>): Promise<void> {
  const checkpoints = new MongoCheckpoints(under.store.views(generation));
  await checkpoints.save(allPartitions.map((partition) => ({ ...place, partition })));
}

const rebuilt = () =>
  switchGeneration(under.store.db, { live: 1, previous: null }, { to: 2, abandoned: false });

describe('rebuild --back', () => {
  it('ends with 0 and says where the views stand, to and fro', async () => {
    const [first, second] = [await recorded(), await recorded()];
    await reach(1, first);
    await reach(2, second);
    await rebuilt();
    const said = (to: number, from: number) =>
      `Generation ${to} answers now, generation ${from} is kept (rebuild --back).`;
    const behind = `It stands at position ${first.position}, the other one at ${second.position}`;
    for (let i = 0; i < 2; i += 1) {
      const [status, lines] = await back();
      expect([status, lines]).toEqual([0, expect.stringContaining(said(1, 2))]);
      expect(lines).toContain(behind);
      expect(await back()).toEqual([0, said(2, 1)]);
    }
  });

  it('ends with 2 and says why when there is nothing to go back to', async () => {
    const nothing = 'could not run: there is nothing to go back to: ';
    expect(await back()).toEqual([
      2,
      `${nothing}no rebuild has switched yet, so no other views are kept`,
    ]);
    await rebuilt();
    expect(await back()).toEqual([2, `${nothing}generation 1 is kept, but was never filled`]);
  });

  it('ends with 2 where the kept views are of another log', async () => {
    const { last, ...place } = await recorded();
    await reach(1, { ...place, last: { ...last!, id: randomUUID() } });
    await rebuilt();
    const [status, lines] = await back();
    expect(status).toBe(2);
    expect(lines).toContain('projected from another log or a newer state of this one');
  }, 20_000);
});

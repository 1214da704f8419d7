import { allPartitions } from '@daybook/ledger-contracts';
import { LedgerLog, type LoggedGroup } from '../../../read-model/src/ledger-log.fixture';
import { MongoCheckpoints } from '../checkpoints/mongo-checkpoints';
import { prepareGeneration, switchGeneration } from '../generations/generations';
import { LiveLedger } from './live-ledger';
import { openViews, type ViewsUnderTest } from './views.fixture';

const [early, late] = new LedgerLog().open('alice').open('bob').groups as [
  LoggedGroup,
  LoggedGroup,
];

let under: ViewsUnderTest;

beforeEach(async () => {
  under = await openViews();
});
afterEach(() => under.close());

async function reach(generation: number, { position, recordedAt }: LoggedGroup) {
  const checkpoints = new MongoCheckpoints(under.store.views(generation));
  await checkpoints.save(allPartitions.map((partition) => ({ partition, position, recordedAt })));
}

/** The live generation is looked up once a second. */
const lookedUp = () => new Promise((resolve) => setTimeout(resolve, 1_100));

it('answers from the generation before until the new one has come as far', async () => {
  const { db } = under.store;
  const live = new LiveLedger(under.store);
  await under.reach(late);
  expect((await live.newest()).views.generation).toBe(1);

  await prepareGeneration(db, 2);
  await reach(2, early);
  await switchGeneration(db, { live: 1, previous: null }, { to: 2, abandoned: false });
  await lookedUp();
  const held = await live.newest();
  expect([held.views.generation, held.reached.position]).toEqual([1, late.position]);

  await reach(2, late);
  const newest = await live.newest();
  expect([newest.views.generation, newest.reached.position]).toEqual([2, late.position]);
});

it('answers from further back at once when the generation before was abandoned', async () => {
  const { db } = under.store;
  const live = new LiveLedger(under.store);
  await under.reach(early);
  await prepareGeneration(db, 2);
  await reach(2, late);
  await switchGeneration(db, { live: 1, previous: null }, { to: 2, abandoned: false });
  const answer = async () => {
    const { views, reached } = await live.newest();
    return [views.generation, reached.position];
  };
  expect(await answer()).toEqual([2, late.position]);
  for (const [from, to, group] of [
    [2, 1, early],
    [1, 2, late],
    [2, 1, early],
  ] as const) {
    await switchGeneration(db, { live: from, previous: to }, { to, abandoned: true });
    await lookedUp();
    expect(await answer()).toEqual([to, group.position]);
  }
});

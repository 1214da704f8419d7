import { openViews, type ViewsUnderTest } from '../queries/views.fixture';
import { MongoCheckpoints } from './mongo-checkpoints';

let under: ViewsUnderTest;
beforeAll(async () => {
  under = await openViews();
});
afterAll(() => under.close());

const at = (position: bigint, partitions = [0, 1]) =>
  partitions.map((partition) => ({ partition, position, recordedAt: new Date(Number(position)) }));

it('never lets a checkpoint go back, whoever saves it', async () => {
  const views = under.store.views(7);
  const [one, other] = [new MongoCheckpoints(views), new MongoCheckpoints(views)];
  const saved = async () => [...(await one.load([0, 1]))].sort((a, b) => a.partition - b.partition);
  await one.save(at(10n));
  await one.save(at(20n));
  expect(await saved()).toEqual(at(20n));
  await other.save(at(30n, [1]));
  await one.save(at(25n));
  expect(await saved()).toEqual([...at(25n, [0]), ...at(30n, [1])]);
  await one.save(at(40n));
  await one.save(at(50n));
  await other.save(at(45n));
  expect(await saved()).toEqual(at(50n));
});

it('keeps the record that tells the log, whichever way it saves', async () => {
  const checkpoints = new MongoCheckpoints(under.store.views(8));
  const markedAt = (position: bigint) =>
    at(position).map((checkpoint) => ({
      ...checkpoint,
      last: { stream: `transaction-${position}`, revision: 0, id: `id-${position}` },
    }));
  for (const position of [10n, 20n]) {
    await checkpoints.save(markedAt(position));
    expect(await checkpoints.load([0, 1])).toEqual(markedAt(position));
  }
});

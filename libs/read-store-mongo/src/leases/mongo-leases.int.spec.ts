import type { Lease } from '@daybook/subscription';
import { openViews, type ViewsUnderTest } from '../queries/views.fixture';
import { MongoLeases } from './mongo-leases';

let under: ViewsUnderTest;
let leases: MongoLeases;

beforeAll(async () => {
  under = await openViews();
  leases = new MongoLeases(under.store.db);
});
afterAll(() => under.close());

const at = (seconds: number) => new Date(seconds * 1000);

it('keeps a lease for its owner until it runs out', async () => {
  const lease = { partition: 1, owner: 'a', until: at(10) };
  const taken = (more: Partial<Lease>, now: Date) => leases.take([{ ...lease, ...more }], now);
  expect(await taken({}, at(0))).toHaveLength(1);
  expect(await taken({ owner: 'b', until: at(12) }, at(2))).toEqual([]);
  expect(await taken({ until: at(13) }, at(3))).toHaveLength(1);
  expect(await taken({ owner: 'b', until: at(30) }, at(13))).toHaveLength(1);
  expect(await leases.all()).toEqual([{ partition: 1, owner: 'b', until: at(30) }]);
  await leases.release('a', [1], true);
  expect(await leases.all()).toHaveLength(1);
  await leases.release('b', [1], true);
  expect(await leases.all()).toEqual([]);
});

it('takes many at once, but for those that another one holds', async () => {
  const of = (owner: string, partitions: readonly number[], until: Date) =>
    partitions.map((partition) => ({ partition, owner, until }));
  expect(await leases.take([], at(0))).toEqual([]);
  await leases.take(of('a', [2, 4], at(10)), at(0));
  const wanted = of('b', [1, 2, 3, 4, 5], at(12));
  expect(await leases.take(wanted, at(2))).toEqual(of('b', [1, 3, 5], at(12)));
  expect(await leases.take(of('a', [2, 4], at(20)), at(3))).toEqual(of('a', [2, 4], at(20)));
  const all = await leases.all();
  expect(all.map(({ partition, owner }) => `${partition}${owner}`).sort()).toEqual([
    '1b',
    '2a',
    '3b',
    '4a',
    '5b',
  ]);
  await leases.release('a', [2, 4], true);
  await leases.release('b', [1, 3, 5], true);
});

it('tells who lives', async () => {
  expect(await leases.announce('a', at(0), at(10))).toEqual(['a']);
  expect([...(await leases.announce('b', at(5), at(15)))].sort()).toEqual(['a', 'b']);
  expect(await leases.announce('b', at(11), at(21))).toEqual(['b']);
});

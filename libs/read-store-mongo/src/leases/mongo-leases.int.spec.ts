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
  expect(await leases.take(lease, at(0))).toBe(true);
  expect(await leases.take({ ...lease, owner: 'b', until: at(12) }, at(2))).toBe(false);
  expect(await leases.take({ ...lease, until: at(13) }, at(3))).toBe(true);
  expect(await leases.take({ ...lease, owner: 'b', until: at(30) }, at(13))).toBe(true);
  expect(await leases.all()).toEqual([{ partition: 1, owner: 'b', until: at(30) }]);
  await leases.release('a', [1], true);
  expect(await leases.all()).toHaveLength(1);
  await leases.release('b', [1], true);
  expect(await leases.all()).toEqual([]);
});

it('tells who lives', async () => {
  expect(await leases.announce('a', at(0), at(10))).toEqual(['a']);
  expect([...(await leases.announce('b', at(5), at(15)))].sort()).toEqual(['a', 'b']);
  expect(await leases.announce('b', at(11), at(21))).toEqual(['b']);
});

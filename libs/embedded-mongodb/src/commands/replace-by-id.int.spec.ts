import fc from 'fast-check';
import { type Db, Double, Int32, Long } from 'mongodb';
import { startTested, type TestedServer } from '../testing/tested-server.fixture';

let tested: TestedServer;
let db: Db;

beforeAll(async () => {
  tested = await startTested();
  db = tested.client.db('test');
  for (const name of ['fast', 'general']) {
    await db
      .collection(`${name} with any indexes`)
      .createIndexes([
        { key: { a: 1 }, unique: true, sparse: true },
        { key: { 'list.x': -1, b: 1 } },
      ]);
    await db
      .collection(`${name} with common indexes`)
      .createIndexes([{ key: { a: 1, b: -1 } }, { key: { list: 1 }, sparse: true }]);
  }
});

afterAll(() => tested.stop());

const id = fc.constantFrom<unknown>(1, new Double(1), Long.fromNumber(2), 'x', { k: 1 }, null);
const field = fc.constantFrom<unknown>(1, 2, new Double(2), 'y', null, [1, 2], [{ x: 1 }], {});
const document = fc.record(
  { _id: id, a: field, b: field, list: field },
  { requiredKeys: ['_id'], noNullPrototype: true },
);
const guard = fc.record(
  { _id: id, a: field, b: field },
  { requiredKeys: ['_id'], noNullPrototype: true },
);
const statement = fc.record({ q: guard, u: document });

/** A hint makes the server take the general way and changes nothing else. */
const general = (update: object) => ({ ...update, hint: '_id_' });

async function run(name: string, inserts: object[], updates: object[]) {
  await db.collection(name).deleteMany({});
  await db.command({ insert: name, documents: inserts, ordered: false });
  const { n, nModified, writeErrors } = await db.command({ update: name, updates, ordered: false });
  const codes = (writeErrors as { index: number; code: number }[] | undefined)?.map(
    ({ index, code }) => [index, code],
  );
  const raw = { promoteValues: false };
  const found = [
    await db.collection(name).find({}, raw).toArray(),
    await db
      .collection(name)
      .find({ a: { $gte: 1 } }, { ...raw, sort: { a: 1 } })
      .toArray(),
    await db.collection(name).find({ 'list.x': 1 }, raw).toArray(),
  ];
  return { n, nModified, codes, found };
}

it.each(['any', 'common', 'no'])(
  'does what the general way does with %s indexes',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { minLength: 1, maxLength: 5 }),
        fc.array(statement, { minLength: 1, maxLength: 5 }),
        async (inserts, updates) => {
          const fast = await run(`fast with ${kind} indexes`, inserts, updates);
          const expected = await run(`general with ${kind} indexes`, inserts, updates.map(general));
          expect(fast).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  },
  60_000,
);

it('replaces nothing when a guard no longer holds', async () => {
  const replace = (revision: number) => ({
    update: 'guarded',
    updates: [{ q: { _id: 'g', revision }, u: { _id: 'g', revision: revision + 1 } }],
  });
  await db.command({ insert: 'guarded', documents: [{ _id: 'g', revision: new Int32(0) }] });
  expect(await db.command(replace(0))).toMatchObject({ n: 1, nModified: 1 });
  expect(await db.command(replace(0))).toMatchObject({ n: 0, nModified: 0 });
  expect(await db.collection('guarded').findOne()).toEqual({ _id: 'g', revision: 1 });
});

it('answers a refused filter beside the other statements', async () => {
  const updates = [
    { q: { _id: 'r', n: { $unknown: 1 } }, u: { _id: 'r' } },
    { q: { _id: 'r' }, u: { _id: 'r', done: true } },
  ];
  await db.command({ insert: 'refused', documents: [{ _id: 'r' }] });
  const answer = await db.command({ update: 'refused', updates, ordered: false });
  expect(answer).toMatchObject({ n: 1, writeErrors: [{ index: 0, code: 2 }] });
});

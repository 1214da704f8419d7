import { type Db, Double, Long } from 'mongodb';
import { startTested, type TestedServer } from '../testing/tested-server.fixture';

let tested: TestedServer;
let db: Db;

beforeAll(async () => {
  tested = await startTested();
  db = tested.client.db('test');
});

afterAll(() => tested.stop());

const insert = (name: string, documents: object[], ordered = false) =>
  db.command({ insert: name, documents, ordered });

const idsBy = async (name: string, filter: object, hint: object) => {
  const found = await db.collection(name).find(filter, { hint }).toArray();
  return found.map(({ _id }) => String(_id));
};

it('refuses each taken _id with all its index entries and stores the others', async () => {
  await db.collection('taken').createIndex({ a: 1 });
  await insert('taken', [{ _id: 'x', a: 1 }]);
  const answer = await insert('taken', [
    { _id: 'x', a: 2 },
    { _id: 'y', a: 2 },
    { _id: 'y', a: 3 },
    { _id: 'z', a: 2 },
  ]);
  expect(answer).toMatchObject({
    n: 2,
    writeErrors: [
      { index: 0, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 'x' } },
      { index: 2, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 'y' } },
    ],
  });
  expect(await idsBy('taken', { a: { $gte: 1 } }, { a: 1 })).toEqual(['x', 'y', 'z']);
  expect(await db.collection('taken').countDocuments({ a: 2 })).toBe(2);
});

it('knows an _id again in every width, and stops at the first when in order', async () => {
  await insert('widths', [{ _id: 1 }, { _id: Long.fromNumber(2) }]);
  const again = [{ _id: new Double(1) }, { _id: 2 }, { _id: 3 }];
  const answer = await insert('widths', again, true);
  expect(answer).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 11000 }] });
  expect(await insert('widths', again)).toMatchObject({ n: 1 });
});

it('finds every element of the first array that an index meets, and of later ones', async () => {
  await db.collection('arrays').createIndex({ list: 1, at: 1 });
  await insert('arrays', [{ _id: 'none', list: 'a', at: 1 }]);
  await insert('arrays', [
    { _id: 'first', list: ['a', 'b', 'a'], at: 2 },
    { _id: 'second', list: ['b', 'c'], at: 3 },
  ]);
  await insert('arrays', [{ _id: 'later', list: ['a', 'c'], at: 4 }]);
  const having = (list: string) => idsBy('arrays', { list }, { list: 1, at: 1 });
  expect(await having('a')).toEqual(['none', 'first', 'later']);
  expect(await having('b')).toEqual(['first', 'second']);
  expect(await having('c')).toEqual(['second', 'later']);
});

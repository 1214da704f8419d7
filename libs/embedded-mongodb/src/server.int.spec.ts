import { Decimal128, Double, Int32, Long, MongoClient, ObjectId, type Db } from 'mongodb';
import { startTested, type TestedServer } from './testing/tested-server.fixture';

let tested: TestedServer;
let db: Db;

beforeAll(async () => {
  tested = await startTested();
  db = tested.client.db('test');
});
afterAll(() => tested.stop());

let counter = 0;
const fresh = () => db.collection<any>(`c${counter++}`);

describe('writes', () => {
  test('insert, find, update and delete through the official driver', async () => {
    const c = fresh();
    await c.insertMany([
      { _id: 1, a: 1, s: 'x' },
      { _id: 2, a: 2, s: 'y' },
      { _id: 3, a: 3, s: 'z' },
    ]);
    expect(
      await c
        .find({ a: { $gte: 2 } })
        .sort({ a: -1 })
        .toArray(),
    ).toEqual([
      { _id: 3, a: 3, s: 'z' },
      { _id: 2, a: 2, s: 'y' },
    ]);
    const updated = await c.updateOne({ _id: 1 }, { $set: { s: 'w' }, $inc: { a: 10 } });
    expect(updated).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    const unchanged = await c.updateOne({ _id: 1 }, { $set: { s: 'w' } });
    expect(unchanged).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
    expect(await c.findOne({ _id: 1 })).toEqual({ _id: 1, a: 11, s: 'w' });
    expect(await c.deleteMany({ a: { $lt: 5 } })).toMatchObject({ deletedCount: 2 });
    expect(await c.countDocuments()).toBe(1);
    expect(await c.estimatedDocumentCount()).toBe(1);
  });

  test('a duplicate key is refused with everything that MongoDB tells', async () => {
    const c = fresh();
    await c.createIndex({ a: 1, b: -1 }, { unique: true });
    await c.insertOne({ _id: 1, a: 1, b: 'x' });
    const error = await c.insertOne({ _id: 2, a: 1, b: 'x' }).catch((e) => e);
    expect(error).toMatchObject({
      code: 11000,
      keyPattern: { a: 1, b: -1 },
      keyValue: { a: 1, b: 'x' },
      message: `E11000 duplicate key error collection: test.${c.collectionName} index: a_1_b_-1 dup key: { a: 1, b: "x" }`,
    });
    expect(await c.countDocuments({ a: 1 })).toBe(1);
    await c.deleteOne({ _id: 1 });
    await c.insertOne({ _id: 2, a: 1, b: 'x' });
  });

  test('an unordered bulk goes on behind a refusal, an ordered one stops', async () => {
    const c = fresh();
    const docs = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    const unordered = await c.insertMany(docs, { ordered: false }).catch((e) => e);
    expect(unordered.result.insertedCount).toBe(2);
    expect(unordered.writeErrors).toHaveLength(1);
    expect(unordered.writeErrors[0]).toMatchObject({ index: 1, code: 11000 });
    const d = fresh();
    await expect(d.insertMany(docs)).rejects.toMatchObject({ code: 11000 });
    expect(await d.countDocuments()).toBe(1);
  });

  test('a null _id is kept, a missing one is made by the server', async () => {
    const c = fresh();
    await db.command({ insert: c.collectionName, documents: [{ _id: null, a: 1 }, { a: 2 }] });
    expect(await c.countDocuments({ _id: { $type: 'null' } } as any)).toBe(1);
    expect(await c.countDocuments({ _id: { $type: 'objectId' } })).toBe(1);
  });

  test('the guarded upsert of a projector', async () => {
    const c = fresh();
    const write = (revision: number) =>
      c.bulkWrite(
        [
          {
            updateOne: {
              filter: { _id: 'a', revision: revision - 1 },
              update: { $set: { revision } },
              upsert: revision === 0,
            },
          },
        ],
        { ordered: false, writeConcern: { w: 'majority', j: true } },
      );
    expect(await write(0)).toMatchObject({ upsertedCount: 1, upsertedIds: { 0: 'a' } });
    expect(await write(1)).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await write(1)).toMatchObject({ matchedCount: 0 });
    await expect(write(0)).rejects.toMatchObject({ code: 11000 });
  });

  test('numbers keep their width through arithmetic', async () => {
    const c = fresh();
    await c.insertOne({
      _id: 1,
      i: new Int32(2147483647),
      l: Long.MAX_VALUE,
      d: new Double(1),
      m: Decimal128.fromString('0.1'),
    });
    await c.updateOne({ _id: 1 }, { $inc: { i: 1, d: 1, m: Decimal128.fromString('0.2') } });
    const raw = (await c.findOne({ _id: 1 }, { promoteValues: false }))!;
    expect(raw.i).toEqual(Long.fromNumber(2147483648));
    expect(raw.d).toEqual(new Double(2));
    expect(raw.m.toString()).toBe('0.3');
    await expect(c.updateOne({ _id: 1 }, { $inc: { l: 1 } })).rejects.toMatchObject({ code: 2 });
    const [sum] = await c
      .aggregate([{ $group: { _id: null, s: { $sum: { $add: ['$m', '$i'] } } } }])
      .toArray();
    expect(String(sum!.s)).toBe('2147483648.3');
  });

  test('array operators, array filters and the positional operator', async () => {
    const c = fresh();
    await c.insertOne({
      _id: 1,
      a: [1, 2, 3],
      s: [
        { k: 1, v: 1 },
        { k: 2, v: 2 },
      ],
    });
    await c.updateOne({ _id: 1 }, { $push: { a: { $each: [9, 0], $sort: -1, $slice: 3 } } } as any);
    expect((await c.findOne({}))!.a).toEqual([9, 3, 2]);
    await c.updateOne({ 's.k': 2 }, { $set: { 's.$.v': 20 } });
    await c.updateOne({}, { $inc: { 's.$[e].v': 5 } }, { arrayFilters: [{ 'e.k': 1 }] });
    await c.updateOne({}, { $pull: { a: { $gte: 9 } }, $addToSet: { b: 1 } } as any);
    expect(await c.findOne({})).toEqual({
      _id: 1,
      a: [3, 2],
      s: [
        { k: 1, v: 6 },
        { k: 2, v: 20 },
      ],
      b: [1],
    });
    await c.updateOne({}, [{ $set: { total: { $sum: '$s.v' } } }, { $unset: 's' }]);
    expect(await c.findOne({})).toEqual({ _id: 1, a: [3, 2], b: [1], total: 26 });
    await expect(c.updateOne({}, { $set: { _id: 2 } })).rejects.toMatchObject({ code: 66 });
    await expect(c.updateOne({}, { $nope: { a: 1 } } as any)).rejects.toMatchObject({ code: 9 });
    await expect(c.updateOne({}, { $set: { q: 1, 'q.r': 2 } })).rejects.toMatchObject({ code: 40 });
  });

  test('findAndModify in its three forms', async () => {
    const c = fresh();
    expect(
      await c.findOneAndUpdate(
        { _id: 1 },
        { $inc: { n: 1 } },
        { upsert: true, returnDocument: 'after' },
      ),
    ).toEqual({ _id: 1, n: 1 });
    expect(await c.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } })).toEqual({ _id: 1, n: 1 });
    expect(await c.findOneAndReplace({ _id: 1 }, { m: 5 }, { returnDocument: 'after' })).toEqual({
      _id: 1,
      m: 5,
    });
    expect(await c.findOneAndDelete({ _id: 1 })).toEqual({ _id: 1, m: 5 });
    expect(await c.findOneAndDelete({ _id: 1 })).toBeNull();
  });

  test('bulkWrite of the client over two collections', async () => {
    const result = await tested.client.bulkWrite([
      { namespace: 'test.bulk1', name: 'insertOne', document: { _id: 1 as any } },
      {
        namespace: 'test.bulk2',
        name: 'updateOne',
        filter: { _id: 2 as any },
        update: { $set: { a: 1 } },
        upsert: true,
      },
      { namespace: 'test.bulk1', name: 'deleteOne', filter: { _id: 1 as any } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, upsertedCount: 1, deletedCount: 1 });
  });
});

describe('reads', () => {
  test('cursors give one consistent state in bounded batches', async () => {
    const c = fresh();
    await c.insertMany(Array.from({ length: 1000 }, (_, n) => ({ _id: n, n })));
    const cursor = c.find({}, { batchSize: 10 });
    const first = await cursor.next();
    await c.deleteMany({});
    await c.insertOne({ _id: 5000, n: 5000 });
    const rest = await cursor.toArray();
    expect([first, ...rest].map((d: any) => d.n)).toEqual(
      Array.from({ length: 1000 }, (_, n) => n),
    );
    expect(await c.find().toArray()).toEqual([{ _id: 5000, n: 5000 }]);
  });

  test('an unknown cursor is 43, an unknown command 59, an unknown operator 2', async () => {
    const more = db.command({ getMore: Long.fromNumber(7), collection: 'x' });
    await expect(more).rejects.toMatchObject({ code: 43, codeName: 'CursorNotFound' });
    await expect(db.command({ nonsense: 1 })).rejects.toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
    });
    await expect(fresh().findOne({ a: { $foo: 1 } })).rejects.toMatchObject({ code: 2 });
    await expect(
      fresh()
        .aggregate([{ $foo: 1 }])
        .toArray(),
    ).rejects.toMatchObject({ code: 40324 });
  });

  test('explain names the index, which serves filter, sort and limit', async () => {
    const c = fresh();
    await c.createIndex({ account: 1, at: -1 });
    await c.insertMany(Array.from({ length: 500 }, (_, n) => ({ account: n % 5, at: n })));
    const found = c
      .find({ account: 3, at: { $lte: 400 } })
      .sort({ at: -1 })
      .limit(1);
    const plan = await found.explain('executionStats');
    expect(plan.executionStats).toMatchObject({
      nReturned: 1,
      totalKeysExamined: 1,
      totalDocsExamined: 1,
    });
    expect(plan.queryPlanner.winningPlan.inputStage).toMatchObject({
      stage: 'IXSCAN',
      indexName: 'account_1_at_-1',
    });
    expect(
      (
        await c
          .find({ account: 3, at: { $lte: 400 } })
          .sort({ at: -1 })
          .limit(1)
          .toArray()
      )[0].at,
    ).toBe(398);
    expect((await c.find({ account: 3 }).sort({ at: 1 }).limit(1).toArray())[0].at).toBe(3);
  });

  test('projections, distinct and the aggregation stages', async () => {
    const c = fresh();
    await c.insertMany([
      { _id: 1, k: 'a', v: 1, t: ['x', 'y'] },
      { _id: 2, k: 'b', v: 2, t: ['y'] },
      { _id: 3, k: 'a', v: 3, t: [] },
    ]);
    expect(await c.find({}, { projection: { t: { $slice: 1 }, k: 0 } }).toArray()).toEqual([
      { _id: 1, v: 1, t: ['x'] },
      { _id: 2, v: 2, t: ['y'] },
      { _id: 3, v: 3, t: [] },
    ]);
    expect(await c.distinct('t')).toEqual(['x', 'y']);
    const grouped = await c
      .aggregate([
        { $group: { _id: '$k', n: { $sum: 1 }, avg: { $avg: '$v' }, all: { $push: '$v' } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(grouped).toEqual([
      { _id: 'a', n: 2, avg: 2, all: [1, 3] },
      { _id: 'b', n: 1, avg: 2, all: [2] },
    ]);
    const looked = await c
      .aggregate([
        { $match: { _id: 1 } },
        { $unwind: '$t' },
        { $lookup: { from: c.collectionName, localField: 't', foreignField: 't', as: 'same' } },
        { $project: { t: 1, n: { $size: '$same' } } },
      ])
      .toArray();
    expect(looked).toEqual([
      { _id: 1, t: 'x', n: 1 },
      { _id: 1, t: 'y', n: 2 },
    ]);
  });
});

describe('catalog', () => {
  test('indexes are created, listed, refused and dropped', async () => {
    const c = fresh();
    expect(await c.createIndex({ a: 1 })).toBe('a_1');
    await expect(c.createIndex({ a: 1 }, { name: 'other' })).rejects.toMatchObject({ code: 85 });
    await expect(c.createIndex({ b: 1 }, { name: 'a_1' })).rejects.toMatchObject({ code: 86 });
    expect((await c.listIndexes().toArray()).map((i) => i.name)).toEqual(['_id_', 'a_1']);
    await expect(c.dropIndex('nope')).rejects.toMatchObject({ code: 27 });
    await c.dropIndex('a_1');
    await expect(db.collection('missing').listIndexes().toArray()).rejects.toMatchObject({
      code: 26,
    });
    await c.insertMany([{ a: 1 }, { a: 1 }]);
    await expect(c.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
    expect((await c.listIndexes().toArray()).map((i) => i.name)).toEqual(['_id_']);
  });

  test('partial and sparse unique indexes hold only what they say', async () => {
    const c = fresh();
    await c.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { on: true } });
    await c.createIndex({ b: 1 }, { unique: true, sparse: true });
    await c.insertMany([{ a: 1 }, { a: 1 }, { a: 1, on: true }]);
    await expect(c.insertOne({ a: 1, on: true })).rejects.toMatchObject({ code: 11000 });
    await c.insertOne({ b: 1 });
    await expect(c.insertOne({ b: 1 })).rejects.toMatchObject({ code: 11000 });
  });

  test('collections and databases are listed and dropped', async () => {
    const other = tested.client.db('other');
    await other.createCollection('one');
    await other.collection('two').insertOne({ _id: new ObjectId() });
    expect((await other.listCollections().toArray()).map((i) => i.name).sort()).toEqual([
      'one',
      'two',
    ]);
    expect(
      (await tested.client.db().admin().listDatabases()).databases.map((d) => d.name),
    ).toContain('other');
    await other.collection('one').drop();
    await other.dropDatabase();
    expect(await other.listCollections().toArray()).toEqual([]);
  });
});

describe('retries', () => {
  test('a write whose answer was lost is applied once and answered again', async () => {
    const c = fresh();
    // A client of its own: its sessions are not reused by the other tests.
    const lone = new MongoClient(tested.server.url);
    const session = lone.startSession();
    const send = (txn: number) =>
      lone.db('test').command(
        {
          update: c.collectionName,
          updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true }],
          txnNumber: Long.fromNumber(txn),
        },
        { session },
      );
    const first = await send(1001);
    const second = await send(1001);
    expect(second.upserted).toEqual(first.upserted);
    expect(await c.findOne({})).toEqual({ _id: 1, n: 1 });
    await send(1002);
    expect(await c.findOne({})).toEqual({ _id: 1, n: 2 });
    await expect(send(1001)).rejects.toMatchObject({ code: 225 });
    await session.endSession();
    await lone.close();
  });

  test('the driver survives an injected connection fault', async () => {
    const c = fresh();
    await c.insertOne({ _id: 0 });
    await tested.client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['insert'], closeConnection: true },
    });
    await c.insertOne({ _id: 1 });
    expect(await c.countDocuments()).toBe(2);
  });
});

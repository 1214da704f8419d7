import { connect } from 'node:net';
import { BSON, type Collection, type Document, MongoClient, type ReadConcernLevel } from 'mongodb';
import { startTested, type TestedServer } from './testing/tested-server.fixture';

// What shells, GUIs and drivers of other languages ask for, and what they would misunderstand.

let tested: TestedServer;
let c: Collection<Document>;

beforeAll(async () => {
  tested = await startTested();
  c = tested.client.db('test').collection('c');
  await c.insertMany([...Array(1_000).keys()].map((n) => ({ n, text: 'x'.repeat(100) })));
});
afterAll(() => tested.stop());

const run = (command: Document) => tested.client.db('test').command(command);
const failed = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a transaction', () => {
  type Step = (session: { session: ReturnType<MongoClient['startSession']> }) => Promise<unknown>;
  const steps: [string, Step][] = [
    ['write', (in_) => c.insertOne({ inTransaction: true }, in_)],
    ['read', (in_) => c.findOne({}, in_)],
    ['aggregation', (in_) => c.aggregate([], in_).toArray()],
    ['new collection', (in_) => tested.client.db('test').createCollection('inTransaction', in_)],
  ];
  test.each(steps)('is refused at its first %s, which does nothing', async (_, step) => {
    const session = tested.client.startSession();
    try {
      session.startTransaction();
      expect(await failed(step({ session }))).toMatchObject({
        code: 238,
        // Drivers make of other texts the advice to switch off retryable writes.
        message: expect.stringContaining('multi-document transactions are not supported'),
      });
      await session.abortTransaction();
    } finally {
      await session.endSession();
    }
    expect(await c.countDocuments({ inTransaction: true })).toBe(0);
    const made = tested.client.db('test').listCollections({ name: 'inTransaction' });
    expect(await made.toArray()).toEqual([]);
  });
});

describe('what would change an answer is refused rather than passed over', () => {
  test.each([
    ['min', { min: { n: 1 }, hint: { n: 1 } }],
    ['max', { max: { n: 1 }, hint: { n: 1 } }],
    ['returnKey', { returnKey: true }],
    ['showRecordId', { showRecordId: true }],
  ])('find with %s', async (option, options) => {
    expect(await failed(c.find({}, options).toArray())).toMatchObject({
      code: 238,
      message: expect.stringContaining(`'${option}'`),
    });
  });

  test('and what says no to it is not', async () => {
    const options = { returnKey: false, showRecordId: false };
    expect(await c.find({}, options).limit(1).toArray()).toHaveLength(1);
  });

  test('reads of a session that are to share one state', async () => {
    const session = tested.client.startSession({ snapshot: true });
    expect(await failed(c.countDocuments({}, { session }))).toMatchObject({
      code: 238,
      message: expect.stringContaining("'snapshot'"),
    });
    await session.endSession();
  });

  test('a read concern that is none', async () => {
    const level = 'strong' as ReadConcernLevel;
    expect(await failed(c.findOne({}, { readConcern: { level } }))).toMatchObject({ code: 2 });
    for (const known of ['local', 'available', 'majority', 'linearizable'] as const) {
      expect(await c.findOne({ n: 1 }, { readConcern: { level: known } })).toMatchObject({ n: 1 });
    }
  });

  test('a hidden index', async () => {
    expect(await failed(c.createIndex({ n: 1 }, { hidden: true }))).toMatchObject({ code: 238 });
  });

  test('a verbosity that is none', async () => {
    const explain = { explain: { find: 'c' }, verbosity: 'loud' };
    expect(await failed(run(explain))).toMatchObject({ code: 2 });
  });
});

test('aggregate with explain: true explains and does nothing', async () => {
  const pipeline = [{ $match: { n: 1 } }, { $out: 'copied' }];
  for (const cursor of [{}, undefined]) {
    const answer = await run({ aggregate: 'c', pipeline, explain: true, cursor });
    expect(answer['queryPlanner'].winningPlan.stage).toBe('COLLSCAN');
  }
  expect(await tested.client.db('test').listCollections({ name: 'copied' }).toArray()).toEqual([]);
});

test('explain tells the stages once more where GUIs look for them', async () => {
  const explained = await c.find({ n: 1 }).sort({ text: 1 }).explain('executionStats');
  expect(explained['executionStats']).toMatchObject({
    executionTimeMillis: expect.any(Number),
    executionStages: { stage: 'SORT', nReturned: 1, inputStage: { stage: 'COLLSCAN' } },
  });
  const passedOver = c.find({ n: 1 }, { returnKey: true }).explain();
  expect(await failed(passedOver)).toMatchObject({ code: 238 });
});

describe('a stage', () => {
  test.each([
    ['$bucket', 238],
    ['$graphLookup', 238],
    ['$search', 238],
    ['$typo', 40324],
  ])('%s that is not here is told from one that is nowhere', async (name, code) => {
    expect(await failed(c.aggregate([{ [name]: {} }]).toArray())).toMatchObject({
      code,
      message: expect.stringContaining(name),
    });
  });

  test('$currentOp of a whole database is named too', async () => {
    const all = tested.client.db('admin').aggregate([{ $currentOp: {} }]);
    expect(await failed(all.toArray())).toMatchObject({
      code: 238,
      message: expect.stringContaining('$currentOp'),
    });
  });

  test('out of its place says where it belongs', async () => {
    const late = c.aggregate([{ $match: {} }, { $collStats: { count: {} } }]);
    expect(await failed(late.toArray())).toMatchObject({ code: 40602 });
    const early = c.aggregate([{ $out: 'copied' }, { $match: {} }]);
    expect(await failed(early.toArray())).toMatchObject({ code: 40601 });
  });
});

describe('sizes', () => {
  test('of a collection come by the command and by the stage', async () => {
    const byCommand = await run({ collStats: 'c' });
    expect(byCommand).toMatchObject({ ns: 'test.c', count: 1_000, nindexes: 1 });
    const [byStage] = await c
      .aggregate([{ $collStats: { storageStats: {}, count: {} } }])
      .toArray();
    const { size, avgObjSize } = byCommand;
    expect(byStage).toMatchObject({
      count: 1_000,
      storageStats: { size, avgObjSize, count: 1_000 },
    });
    expect(size).toBeGreaterThan(100_000);
  });

  test('are told in the unit that is asked for', async () => {
    const { size } = await run({ collStats: 'c' });
    expect(await run({ collStats: 'c', scale: 1024 })).toMatchObject({
      size: Math.floor(size / 1024),
      scaleFactor: 1024,
    });
    const [scaled] = await c
      .aggregate([{ $collStats: { storageStats: { scale: 1024 } } }])
      .toArray();
    expect(scaled?.['storageStats'].size).toBe(Math.floor(size / 1024));
    const database = await run({ dbStats: 1 });
    const inKiB = await run({ dbStats: 1, scale: 1024 });
    expect(inKiB['dataSize']).toBe(database['dataSize'] / 1024);
    expect(await failed(run({ dbStats: 1, scale: 0 }))).toMatchObject({ code: 51024 });
  });

  test('that are not kept are refused', async () => {
    const asked = c.aggregate([{ $collStats: { latencyStats: {} } }]);
    expect(await failed(asked.toArray())).toMatchObject({ code: 238 });
  });
});

describe('what shells and GUIs ask before they begin', () => {
  test.each([
    [{ usersInfo: 1 }, { users: [] }],
    [{ rolesInfo: 1 }, { roles: [] }],
    [{ profile: -1 }, { was: 0 }],
    [
      { connectionStatus: 1, showPrivileges: true },
      { authInfo: { authenticatedUsers: [], authenticatedUserPrivileges: [] } },
    ],
    [{ hostInfo: 1 }, { system: { cpuAddrSize: 64 }, os: { type: expect.any(String) } }],
    [{ listCommands: 1 }, { commands: { find: {}, aggregate: {} } }],
  ])('%j', async (command, answer) => {
    expect(await run(command)).toMatchObject(answer);
  });

  test('and what is not here says so', async () => {
    expect(await failed(run({ profile: 2 }))).toMatchObject({ code: 238 });
    expect(await failed(run({ getParameter: 1, nonsense: 1 }))).toMatchObject({ code: 72 });
    expect(await failed(run({ top: 1 }))).toMatchObject({
      code: 59,
      message: expect.stringContaining("no such command: 'top'"),
    });
  });

  test.each(['SCRAM-SHA-1', 'SCRAM-SHA-256', 'PLAIN', 'MONGODB-X509'])(
    'credentials (%s) are refused with what to do',
    async (mechanism) => {
      const user = mechanism === 'MONGODB-X509' ? '' : 'someone:secret@';
      const source = mechanism.startsWith('SCRAM') ? 'admin' : '$external';
      const url = tested.server.url.replace('//', `//${user}`);
      const stranger = new MongoClient(`${url}/?authMechanism=${mechanism}&authSource=${source}`);
      expect(await failed(stranger.db('test').command({ ping: 1 }))).toMatchObject({
        code: 18,
        message: expect.stringContaining('connect without user name and password'),
      });
      await stranger.close();
    },
  );
});

test('a query in the form of before 2018 is answered with an error, and the connection lives', async () => {
  const socket = connect(tested.server.port, '127.0.0.1');
  const answers = socket[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  const ask = async (namespace: string, query: Document): Promise<Document> => {
    const body = Buffer.concat([
      Buffer.from(`\0\0\0\0${namespace}\0\0\0\0\0\0\0\0\0`, 'latin1'),
      BSON.serialize(query),
    ]);
    const head = Buffer.alloc(16);
    head.writeInt32LE(head.length + body.length, 0);
    head.writeInt32LE(2004, 12);
    socket.write(Buffer.concat([head, body]));
    const { value } = await answers.next();
    return { failed: (value.readInt32LE(16) & 2) !== 0, ...BSON.deserialize(value.subarray(36)) };
  };
  try {
    expect(await ask('test.c', {})).toMatchObject({
      failed: true,
      $err: expect.stringContaining('OP_QUERY is no longer supported'),
    });
    expect(await ask('admin.$cmd', { isMaster: 1 })).toMatchObject({ failed: false, ok: 1 });
  } finally {
    socket.destroy();
  }
});

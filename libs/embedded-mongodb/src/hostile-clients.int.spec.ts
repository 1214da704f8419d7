import { connect } from 'node:net';
import { BSON, type Collection } from 'mongodb';
import { startTested, type TestedServer } from './testing/tested-server.fixture';

let tested: TestedServer;
let things: Collection<any>;

beforeEach(async () => {
  tested = await startTested();
  things = tested.client.db('test').collection('things');
});
afterEach(() => tested.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A command as it goes over the wire. */
function message(command: BSON.Document): Buffer {
  const body = BSON.serialize({ ...command, $db: 'test' });
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(2013, 12);
  return Buffer.concat([head, body]);
}

describe('a client that reads nothing', () => {
  /** Asks for 8 MB many times over, and leaves the answers where they are. */
  async function deafClient() {
    await things.insertOne({ _id: 'big', text: 'x'.repeat(8_000_000) });
    const socket = connect(tested.server.port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write(Buffer.concat(Array<Buffer>(60).fill(message({ find: 'things' }))));
    return socket;
  }

  test('is not answered further than it reads', async () => {
    const socket = await deafClient();
    const before = process.memoryUsage().arrayBuffers;
    await pause(1_500);
    // All 60 answers would be 480 MB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
    let received = 0;
    const all = new Promise<void>((resolve) =>
      socket.on('data', ({ length }) => (received += length) > 60 * 8_000_000 && resolve()),
    );
    socket.resume();
    await all;
    socket.destroy();
  }, 30_000);

  test('does not hold up a stop', async () => {
    const socket = await deafClient();
    await pause(200);
    const begun = performance.now();
    await tested.server.stop();
    expect(performance.now() - begun).toBeLessThan(5_000);
    socket.destroy();
  }, 30_000);
});

test('messages that never come whole are held up to a bound', async () => {
  const head = Buffer.alloc(16);
  head.writeInt32LE(48_000_000, 0);
  head.writeInt32LE(2013, 12);
  const part = Buffer.concat([head, Buffer.alloc(40_000_000)]);
  const before = process.memoryUsage().arrayBuffers;
  const sockets = Array.from({ length: 10 }, () => {
    const socket = connect(tested.server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(part);
    return socket;
  });
  await Promise.race(
    sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve))),
  );
  await pause(500);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(350_000_000);
  for (const socket of sockets) socket.destroy();
  await things.insertOne({ _id: 1 });
  expect(await things.countDocuments()).toBe(1);
}, 30_000);

test('hundreds of cursors each keep a state of their own', async () => {
  await things.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
  const cursors = [];
  for (let n = 0; n < 300; n++) {
    const cursor = things.find({}, { batchSize: 1 });
    await cursor.next();
    cursors.push(cursor);
    await things.insertOne({ _id: 100 + n });
  }
  const [first, last] = [cursors[0]!, cursors[299]!];
  expect(await first.toArray()).toHaveLength(2);
  expect(await last.toArray()).toHaveLength(301);
  await Promise.all(cursors.map((cursor) => cursor.close()));
}, 60_000);

describe('time limits', () => {
  test('hold for what a pipeline makes of few documents', async () => {
    await things.insertOne({ _id: 1 });
    const thousand = { $range: [0, 1_000] };
    const bomb = [
      { $project: { a: thousand, b: thousand, c: thousand } },
      ...['$a', '$b', '$c'].map(($unwind) => ({ $unwind })),
      { $count: 'n' },
    ];
    const begun = performance.now();
    await expect(things.aggregate(bomb, { maxTimeMS: 300 }).toArray()).rejects.toMatchObject({
      code: 50,
    });
    expect(performance.now() - begun).toBeLessThan(3_000);
  }, 30_000);

  test.each(['find', 'aggregate'])("of a cursor do not count the client's time: %s", async (by) => {
    await things.insertMany(Array.from({ length: 200 }, (_, _id) => ({ _id })));
    const options = { maxTimeMS: 400, batchSize: 64 };
    const cursor = by === 'find' ? things.find({}, options) : things.aggregate([], options);
    await cursor.next();
    await pause(600);
    expect(await cursor.toArray()).toHaveLength(199);
  });

  test('end a search for an expression that backtracks without an end', async () => {
    await things.insertOne({ _id: 1, text: 'a'.repeat(40) + '!' });
    const searches = [
      things.findOne({ text: /^(a+)+$/ }),
      things.findOne({ text: /^(A|a|aa)+$/i }),
      things.aggregate([{ $match: { $expr: regexMatch('^(?:a*)*$') } }]).toArray(),
    ];
    for (const search of searches) await expect(search).rejects.toMatchObject({ code: 51156 });
    expect(await things.findOne({ text: /^(ab?)+!$/ })).toMatchObject({ _id: 1 });
    expect(await things.findOne({ text: /^a+!/ })).toMatchObject({ _id: 1 });
  }, 30_000);
});

describe('memory', () => {
  test('of a $sort behind other stages is bounded by bytes', async () => {
    const text = 'x'.repeat(1_000_000);
    for (let n = 0; n < 12; n++) {
      await things.insertMany(Array.from({ length: 10 }, (_, at) => ({ n, at, text })));
    }
    const sorted = [{ $set: { seen: true } }, { $sort: { n: 1 } }];
    await expect(things.aggregate(sorted).toArray()).rejects.toMatchObject({ code: 292 });
    const few = [
      { $set: { seen: true } },
      { $limit: 30 },
      { $sort: { n: -1 } },
      { $unset: 'text' },
    ];
    expect(await things.aggregate(few).toArray()).toHaveLength(30);
  }, 30_000);

  test('of a text that stages double is bounded', async () => {
    await things.insertOne({ text: 'ten chars.' });
    const doubled = { $set: { text: { $concat: ['$text', '$text'] } } };
    const bytes = { $project: { bytes: { $strLenBytes: '$text' } } };
    const made = (times: number) =>
      things.aggregate([...Array<typeof doubled>(times).fill(doubled), bytes]).next();
    await expect(made(30)).rejects.toMatchObject({ code: 10334 });
    expect(await made(10)).toMatchObject({ bytes: 10_240 });
  });
});

const regexMatch = (regex: string) => ({ $regexMatch: { input: '$text', regex } });

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BsonDate, type Doc, docOf, Double, type Value } from '../bson/values';
import type { CollectionDefinition } from './index-definition';
import { indexFromSpec } from './index-spec';
import { planQuery } from './planner';
import { collectionForWrite } from '../commands/write-target';
import { compareSortKeys, parseSort, sortKey } from '../query/sort';
import { findRows } from '../query/find-rows';
import { matches } from '../query/filter';
import { parseFilter } from '../query/parse-filter';
import { CollectionWriter } from '../storage/collection-writer';
import { MongoStore } from '../storage/mongo-store';

let dataDir: string;
let store: MongoStore;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded-mongodb-'));
  store = await MongoStore.open({ dataDir, command: 'the test', snapshotsMax: 16 });
});
afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 4 }) },
  fc.constantFrom<Value>(
    null,
    new Double(1.5),
    2n,
    new Double(NaN),
    'a',
    'ab',
    'b',
    'x'.repeat(1_600),
    `${'x'.repeat(1_600)}y`,
    true,
    new BsonDate(5n),
  ),
);
const inner = fc.dictionary(fc.constantFrom('x', 'y'), scalar, { maxKeys: 2 }).map((o) => docOf(o));
const field: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(fc.oneof(scalar, inner), { maxLength: 3 }) },
  inner,
);
const arrayless: fc.Arbitrary<Value> = fc.oneof(scalar, inner);
const docs = (value: fc.Arbitrary<Value>) =>
  fc.array(
    fc.dictionary(fc.constantFrom('a', 'b'), value, { maxKeys: 2 }).map((o) => docOf(o)),
    { minLength: 1, maxLength: 12 },
  );

const path = fc.constantFrom('a', 'b', 'a.x', 'a.y', 'a.0');
const operand: fc.Arbitrary<Value> = fc.oneof(
  scalar,
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), scalar)
    .map(([op, v]) => docOf({ [op]: v })),
  fc.tuple(scalar, scalar).map(([low, high]) => docOf({ $gt: low, $lt: high })),
  fc.array(scalar, { maxLength: 3 }).map((items) => docOf({ $in: items })),
  fc.array(scalar, { maxLength: 2 }),
  fc.boolean().map((on) => docOf({ $exists: on })),
  fc.constant(docOf({ $regex: '^a' })),
  inner,
);
const simple = fc
  .array(fc.tuple(path, operand), { maxLength: 3 })
  .map((parts): Doc => new Map(parts));
const filter = fc.oneof(
  { weight: 4, arbitrary: simple },
  fc.array(simple, { minLength: 1, maxLength: 2 }).map((of) => docOf({ $or: of })),
  fc.array(simple, { minLength: 1, maxLength: 2 }).map((of) => docOf({ $and: of })),
);
const direction = fc.constantFrom(1, -1);
const key = fc
  .uniqueArray(fc.tuple(path, direction), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((parts): Doc => new Map(parts));
const options = fc.constantFrom<Record<string, Value>>(
  {},
  {},
  { sparse: true },
  { partialFilterExpression: docOf({ a: docOf({ $gt: 0 }) }) },
  { partialFilterExpression: docOf({ a: docOf({ $exists: true }) }) },
);

let counter = 0;

async function agrees(
  docsGiven: Doc[],
  indexes: [Doc, Record<string, Value>][],
  query: Doc,
  sort: Doc,
) {
  const name = `c${counter++}`;
  const collection = await store.writeAlone(() => {
    let made = collectionForWrite(store, 'test', name);
    const more = indexes.map(([k, o], at) =>
      indexFromSpec(at + 1, docOf({ key: k, name: `i${at}`, ...o })),
    );
    made = { ...made, indexes: [...made.indexes, ...more], nextIndexId: more.length + 1 };
    store.putCollection(made);
    const stored: Doc[] = [];
    docsGiven.forEach((doc, at) => {
      const whole: Doc = new Map<string, Value>([['_id', at], ...doc]);
      const current = store.writeCatalog.find('test', name)!;
      try {
        new CollectionWriter(store, current).insert(whole);
        stored.push(whole);
      } catch (error) {
        // Parallel arrays cannot be indexed; the document is refused whole.
        expect(error).toMatchObject({ code: 171 });
      }
    });
    return { stored, definition: store.writeCatalog.find('test', name)! };
  });
  const { reader } = store.snapshot();
  const parsed = parseFilter(query);
  const fields = parseSort(sort);
  const wanted = { filter: parsed, sort: fields };
  const plan = planQuery(collection.definition, wanted);
  const found = [...findRows({ store, reader, collection: collection.definition }, wanted)];
  reader.close();
  const ids = (list: Doc[]) => list.map((doc) => doc.get('_id') as number).sort((a, b) => a - b);
  const expected = collection.stored.filter((doc) => matches(parsed, doc));
  expect(ids(found.map((row) => row.doc))).toEqual(ids(expected));
  const keys = found.map((row) => sortKey(fields, row.doc));
  for (let at = 1; at < keys.length; at++) {
    expect(compareSortKeys(fields, keys[at - 1]!, keys[at]!)).toBeLessThanOrEqual(0);
  }
  return plan.kind;
}

describe('answers from indexes', () => {
  test('are those of a full scan, in the order asked for', async () => {
    const used = { collection: 0, index: 0, union: 0 };
    const one = (value: fc.Arbitrary<Value>) =>
      fc.asyncProperty(
        docs(value),
        fc.array(fc.tuple(key, options), { minLength: 1, maxLength: 3 }),
        filter,
        fc.oneof(fc.constant<Doc>(new Map()), key),
        async (given, indexes, query, sort) => {
          used[await agrees(given, indexes as never, query, sort)]++;
        },
      );
    await fc.assert(one(field), { numRuns: 400 });
    await fc.assert(one(arrayless), { numRuns: 400 });
    // A planner that never chose an index would pass the comparison too.
    expect(used.index).toBeGreaterThan(100);
    expect(used.union).toBeGreaterThan(0);
  });
});

test('an element of an array keeps the order of the fields behind it', () => {
  const made = indexFromSpec(1, docOf({ key: docOf({ a: 1, b: 1 }), name: 'i' }));
  const index = { ...made, multikey: [true, false] };
  const collection = { indexes: [index] } as unknown as CollectionDefinition;
  const sorted = (filter: Doc, sort: Doc) =>
    planQuery(collection, { filter: parseFilter(filter), sort: parseSort(sort) }).sorted;
  expect(sorted(docOf({ a: 1 }), docOf({ b: -1 }))).toBe(true);
  expect(sorted(docOf({ a: docOf({ $in: [1, 2] }) }), docOf({ b: 1 }))).toBe(false);
  expect(sorted(docOf({ a: 1 }), docOf({ a: 1, b: 1 }))).toBe(false);
});

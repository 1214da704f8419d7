import fc from 'fast-check';
import { BsonError } from '../bson/bson-error';
import { encodeDoc } from '../bson/encode';
import { type Doc, docOf, type Value } from '../bson/values';
import { entryKey } from '../storage/keys';
import { anyValue } from '../testing/arbitraries.fixture';
import { entriesOf } from './entries';
import type { CollectionDefinition, IndexDefinition } from './index-definition';
import { ID_INDEX_SPEC, indexFromSpec } from './index-spec';
import { RawEntries, RawKeys, sameKeys } from './raw-entries';

const specs: Doc[] = [
  docOf({ key: docOf({ a: 1, b: -1 }), name: 'both' }),
  docOf({ key: docOf({ b: -1 }), name: 'sparse', sparse: true }),
  docOf({ key: docOf({ é: 1, a: 1, c: 1 }), name: 'three' }),
];

const collectionOf = (specs: readonly Doc[], multikey: boolean): CollectionDefinition => ({
  id: 7,
  database: 'test',
  name: 'raw',
  options: new Map(),
  uuid: Buffer.alloc(16),
  indexes: [
    indexFromSpec(0, ID_INDEX_SPEC),
    ...specs.map((spec, at): IndexDefinition => {
      const index = indexFromSpec(at + 1, spec);
      return { ...index, multikey: index.fields.map(() => multikey) };
    }),
  ],
  nextIndexId: specs.length + 1,
});

const collection = collectionOf(specs, true);
const entries = RawEntries.of(collection)!;

const id = fc.oneof(fc.string(), fc.integer(), anyValue);
const fields = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'é', 'other'), anyValue), {
  selector: ([name]) => name,
});
const anyDoc = fc
  .tuple(id, fields)
  .map(([id, fields]): Doc => new Map<string, Value>([['_id', id], ...fields]));

function keysOf({ writer, ends }: RawKeys): Buffer[] {
  return ends.map((end, at) => Buffer.from(writer.view(at > 0 ? ends[at - 1]! : 0, end)));
}

/** The keys of a document as the general way makes them. */
function generalKeys(doc: Doc): Buffer[] {
  return collection.indexes.flatMap((index) =>
    entriesOf(index, doc).entries.map(({ key }) => entryKey(collection.id, index, key, 0)),
  );
}

it('makes the keys that the general way makes', () => {
  let made = 0;
  fc.assert(
    fc.property(fc.array(anyDoc, { maxLength: 3 }), (docs) => {
      const keys = new RawKeys();
      const done = docs.filter((doc) => entries.append(encodeDoc(doc), keys));
      made += done.length;
      expect(keysOf(keys)).toEqual(done.flatMap(generalKeys));
    }),
    { numRuns: 1_000 },
  );
  expect(made).toBeGreaterThan(300);
});

it('tells documents with the same keys from others', () => {
  const told = { same: 0, other: 0 };
  const small = fc.record({ a: fc.nat(2), c: fc.nat(2), other: fc.nat() });
  fc.assert(
    fc.property(small, small, (before, after) => {
      const docs = [before, after].map((doc) => docOf({ _id: 'x', ...doc })) as [Doc, Doc];
      const same = sameKeys(entries, encodeDoc(docs[0]), encodeDoc(docs[1]));
      const keys = docs.map((doc) => Buffer.concat(generalKeys(doc)).toString('hex'));
      expect(same).toBe(keys[0] === keys[1]);
      told[same ? 'same' : 'other']++;
    }),
    // One in nine has the same keys: of a hundred, five or fewer now and then.
    { numRuns: 500 },
  );
  expect(Math.min(told.same, told.other)).toBeGreaterThan(5);
});

it('takes documents of the usual shape and leaves the others', () => {
  const takes = (fields: Record<string, Value>, from = entries): boolean =>
    from.append(encodeDoc(docOf(fields)), new RawKeys());
  expect(takes({ _id: 'x', a: 1, b: ['s', 's', 't'], c: null })).toBe(true);
  expect(takes({ _id: ['x'] })).toBe(false);
  expect(takes({ _id: 'x', a: [1], b: [1] })).toBe(false);
  expect(takes({ _id: 'x', b: [] })).toBe(false);
  expect(takes({ _id: 'x', a: 'long'.repeat(400) })).toBe(false);
  expect(takes({ _id: 'x', b: Array.from({ length: 17 }, (_, n) => n) })).toBe(false);
  const fresh = RawEntries.of(collectionOf(specs, false))!;
  expect(takes({ _id: 'x', a: 1 }, fresh)).toBe(true);
  // The planner must hear of the first array.
  expect(takes({ _id: 'x', a: [1] }, fresh)).toBe(false);
});

it('refuses a document that is broken inside', () => {
  const bytes = Buffer.from(encodeDoc(docOf({ _id: 'x', other: [docOf({ deep: 'text' })] })));
  bytes[bytes.indexOf('text') - 4] = 200;
  expect(() => entries.append(bytes, new RawKeys())).toThrow(BsonError);
});

it('is not for indexes of other kinds', () => {
  const of = (fields: Record<string, Value>) =>
    RawEntries.of(collectionOf([docOf({ key: docOf({ a: 1 }), name: 'i', ...fields })], true));
  expect(of({})).toBeDefined();
  expect(of({ unique: true })).toBeUndefined();
  expect(of({ partialFilterExpression: docOf({ a: 1 }) })).toBeUndefined();
  expect(of({ key: docOf({ 'a.b': 1 }) })).toBeUndefined();
});

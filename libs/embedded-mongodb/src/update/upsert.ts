import { randomBytes } from 'node:crypto';
import { deepCopy, type Doc, ObjectId, type Value } from '../bson/values';
import { MongoError } from '../errors';
import type { Filter } from '../query/filter';
import { sameValue } from '../ordering/compare';
import { getAt, setAtPath } from './update-paths';
import type { Update } from './update';

/** The document that an upsert inserts: the filter's equalities, changed by the update. */
export function upsertedDoc(filter: Filter, update: Update): Doc {
  const seed: Doc = new Map();
  if (update.kind === 'replacement') {
    const id = equalities(filter).find(({ path }) => path.length === 1 && path[0] === '_id');
    if (id) seed.set('_id', id.value);
  } else {
    for (const { path, value } of equalities(filter)) {
      const held = getAt(seed, path);
      if (held !== undefined && !sameValue(held, value)) {
        throw new MongoError(
          54,
          `cannot infer query fields to set, path '${path.join('.')}' is matched twice`,
        );
      }
      setAtPath(seed, path, deepCopy(value));
    }
  }
  const made = update.apply(seed, { matched: undefined, inserting: true });
  return withId(made);
}

function equalities(filter: Filter): { path: readonly string[]; value: Value }[] {
  if (filter.kind === 'and') return filter.of.flatMap(equalities);
  if (filter.kind === 'or' && filter.of.length === 1) return equalities(filter.of[0] as Filter);
  if (filter.kind !== 'field') return [];
  const { comparison, path } = filter;
  if (comparison.op === 'eq') return [{ path, value: comparison.value }];
  const single = comparison.op === 'in' && !comparison.regexes && comparison.values.length === 1;
  return single && comparison.op === 'in' ? [{ path, value: comparison.values[0] ?? null }] : [];
}

/** The document with its _id first; a missing one is made. */
export function withId(doc: Doc): Doc {
  const first = doc.keys().next().value;
  if (first === '_id') return doc;
  const result: Doc = new Map([
    ['_id', doc.has('_id') ? (doc.get('_id') as Value) : newObjectId()],
  ]);
  for (const [name, value] of doc) if (name !== '_id') result.set(name, value);
  return result;
}

const processPart = randomBytes(5);
let counter = randomBytes(3).readUIntBE(0, 3);

/** A fresh ObjectId: seconds, a number of this process, a counter. */
export function newObjectId(): ObjectId {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 0);
  processPart.copy(bytes, 4);
  counter = (counter + 1) & 0xff_ffff;
  bytes.writeUIntBE(counter, 9, 3);
  return new ObjectId(bytes);
}

import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { display } from '../bson/display';
import { MongoError, notImplemented } from '../errors';
import { toDouble, isNumeric } from '../numbers/compare-numbers';
import { compareValues } from '../ordering/compare';
import { parseFilter } from '../query/parse-filter';
import { splitPath } from '../query/paths';
import type { IndexDefinition, IndexField } from './index-definition';

const FIELDS_MAX = 32;
const NAME_MAX = 1_024;
const OPTIONS = new Set([
  'key',
  'name',
  'v',
  'unique',
  'sparse',
  'background',
  'partialFilterExpression',
  'hidden',
  'ns',
  'collation',
]);

/** Builds an index from a spec that is known to be valid. */
export function indexFromSpec(id: number, spec: Doc): IndexDefinition {
  const key = spec.get('key') as Doc;
  const partial = spec.get('partialFilterExpression');
  const fields = [...key].map(([name, direction]): IndexField => ({
    name,
    path: splitPath(name),
    descending: isNumeric(direction) && toDouble(direction) < 0,
  }));
  return {
    id,
    name: spec.get('name') as string,
    key,
    fields,
    unique: spec.get('unique') === true || id === 0,
    sparse: spec.get('sparse') === true,
    partial: isDoc(partial) ? parseFilter(partial) : undefined,
    spec,
    multikey: fields.map(() => false),
    cutKeys: false,
  };
}

/** The spec of the index that every collection has. */
export const ID_INDEX_SPEC: Doc = docOf({ v: 2, key: docOf({ _id: 1 }), name: '_id_' });

/** Checks what a client asks for and brings it into the form that listIndexes shows. */
export function normaliseSpec(given: Doc): Doc {
  const key = given.get('key');
  if (!isDoc(key))
    throw new MongoError(9, "The 'key' field is a required property of an index specification");
  const name = given.get('name');
  if (typeof name !== 'string') {
    throw new MongoError(9, "The 'name' field is a required property of an index specification");
  }
  checkKey(key);
  if (name === '' || name.length > NAME_MAX)
    throw new MongoError(67, 'index name cannot be empty or too long');
  for (const option of given.keys()) {
    if (option === 'expireAfterSeconds') throw notImplemented('TTL indexes are not supported');
    if (option === 'hidden' && flag(given, option)) {
      throw notImplemented('hidden indexes are not supported by this server');
    }
    if (!OPTIONS.has(option)) {
      throw new MongoError(197, `The field '${option}' is not valid for an index specification`);
    }
  }
  refuseCollation(given.get('collation'));
  const isId = key.size === 1 && key.has('_id');
  if (name === '_id_' && !isId)
    throw new MongoError(2, "The index name '_id_' is reserved for the _id index");
  if (isId) return ID_INDEX_SPEC;
  const partial = given.get('partialFilterExpression');
  const sparse = flag(given, 'sparse');
  if (partial !== undefined) {
    if (!isDoc(partial))
      throw new MongoError(14, "The field 'partialFilterExpression' must be an object");
    if (sparse)
      throw new MongoError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
    parseFilter(partial);
  }
  return docOf({
    v: 2,
    key,
    name,
    unique: flag(given, 'unique') || undefined,
    sparse: sparse || undefined,
    partialFilterExpression: partial,
  });
}

function flag(given: Doc, name: string): boolean {
  const value = given.get(name);
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  if (isNumeric(value)) return toDouble(value) !== 0;
  throw new MongoError(
    14,
    `The field '${name}' has value ${display(value)}, which is not convertible to bool`,
  );
}

function checkKey(key: Doc): void {
  if (key.size === 0) throw new MongoError(67, 'Index keys cannot be empty.');
  if (key.size > FIELDS_MAX) throw new MongoError(13103, 'too many compound keys');
  for (const [name, direction] of key) {
    if (name === '' || name.split('.').includes('')) {
      throw new MongoError(67, 'Index keys cannot contain an empty field.');
    }
    if (name.includes('$'))
      throw notImplemented(`index on '${name}': wildcard indexes are not supported`);
    if (typeof direction === 'string') {
      throw notImplemented(`index type '${direction}' is not supported by this server`);
    }
    if (!isNumeric(direction) || toDouble(direction) === 0 || Number.isNaN(toDouble(direction))) {
      const found = display(direction);
      throw new MongoError(
        67,
        `Values in the index key pattern cannot be 0 or of that type: ${found}`,
      );
    }
  }
}

/** Collations other than the simple one would need other keys; they are refused. */
export function refuseCollation(collation: Value | undefined): void {
  if (collation === undefined || (isDoc(collation) && collation.size === 0)) return;
  if (isDoc(collation) && collation.get('locale') === 'simple') return;
  throw notImplemented('collations other than { locale: "simple" } are not supported');
}

/** True when two specs describe the same index, whatever their names. */
export function sameIndex(a: Doc, b: Doc): boolean {
  const described = (spec: Doc): Value =>
    docOf({
      key: spec.get('key'),
      unique: spec.get('unique') === true,
      sparse: spec.get('sparse') === true,
      partial: spec.get('partialFilterExpression') ?? null,
    });
  return compareValues(described(a), described(b)) === 0;
}

import type { Variables } from '../aggregate/context';
import { decodeDoc } from '../bson/decode';
import { decodeFields, decodeTop, FieldNames, plainId } from '../bson/partial';
import { type Doc, RawDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { indexedFields } from '../indexes/entries';
import type { CollectionDefinition } from '../indexes/index-definition';
import { pointOf, rowById } from '../indexes/point-lookup';
import { type Filter, matches } from '../query/filter';
import { FilterScope, parseFilter } from '../query/parse-filter';
import { CollectionWriter } from '../storage/collection-writer';
import type { MongoStore } from '../storage/mongo-store';
import { WRITE_READER } from '../storage/reader';
import { Row } from '../storage/row';

/**
 * An update in its commonest form: the document with an _id is replaced if some of its fields
 * have the values given. Its bytes become the stored ones as they are.
 */
export interface ReplacementById {
  readonly id: Value;
  readonly filter: Filter;
  /** The fields that the filter looks at. */
  readonly guards: FieldNames;
  readonly bytes: Buffer;
  /** The _id within the bytes, with its type and name. */
  readonly idBytes: Buffer;
}

/** The statement in that form; undefined when it says anything more. */
export function replacementById(
  statement: Value,
  variables: Variables,
): ReplacementById | undefined {
  if (!(statement instanceof RawDoc)) return undefined;
  const fields = decodeTop(statement.bytes);
  const [q, u] = [fields.get('q'), fields.get('u')];
  if (!(q instanceof RawDoc) || !(u instanceof RawDoc)) return undefined;
  for (const [name, value] of fields) {
    const usual = (name === 'multi' || name === 'upsert') && value === false;
    if (name !== 'q' && name !== 'u' && !usual) return undefined;
  }
  const idBytes = plainId(u.bytes);
  const given = decodeDoc(q.bytes);
  if (!idBytes || ![...given.keys()].every(isPlainName)) return undefined;
  const filter = filterOf(given, variables);
  const id = filter && pointOf(filter);
  if (!filter || id === undefined) return undefined;
  return { id, filter, guards: new FieldNames([...given.keys()]), bytes: u.bytes, idBytes };
}

/** A filter that is refused is refused where its statement is run, on the general way. */
function filterOf(given: Doc, variables: Variables): Filter | undefined {
  try {
    return parseFilter(given, new FilterScope(variables));
  } catch (error) {
    if (error instanceof MongoError) return undefined;
    throw error;
  }
}

const isPlainName = (name: string): boolean => !name.startsWith('$') && !name.includes('.');

/** How many documents matched and changed, inside a write; undefined: it takes the general way. */
export function replaceById(
  store: MongoStore,
  collection: CollectionDefinition,
  { id, filter, guards, bytes, idBytes }: ReplacementById,
): { readonly matched: number; readonly modified: number } | undefined {
  const found = rowById({ store, reader: WRITE_READER, collection }, id);
  if (found === undefined) return undefined;
  if (found === null) return { matched: 0, modified: 0 };
  const guarded = decodeFields(found.bytes, guards);
  if (!matches(filter, guarded)) return { matched: 0, modified: 0 };
  // An _id of another width is kept as it was stored.
  if (!found.bytes.subarray(4, 4 + idBytes.length).equals(idBytes)) return undefined;
  if (found.bytes.equals(bytes)) return { matched: 1, modified: 0 };
  const writer = new CollectionWriter(store, collection);
  if (collection.indexes.length === 1) {
    // Only _id is indexed, and that stays.
    writer.replace(new Row(found.recordId, found.bytes, guarded), guarded, bytes);
    return { matched: 1, modified: 1 };
  }
  const fields = indexedFields(collection.indexes);
  if (!fields) return undefined;
  const before = new Row(found.recordId, found.bytes, decodeFields(found.bytes, fields));
  writer.replace(before, decodeFields(bytes, fields), bytes);
  return { matched: 1, modified: 1 };
}

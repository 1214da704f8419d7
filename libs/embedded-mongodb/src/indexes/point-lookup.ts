import { BSON_UNDEFINED, type Value } from '../bson/values';
import { encodeKey } from '../ordering/key-encoding';
import type { Filter } from '../query/filter';
import { RawKeyWriter } from '../ordering/raw-key-writer';
import { documentKey, documentKeyForNow, entryKey, recordIdFromBytes } from '../storage/keys';
import type { MongoStore } from '../storage/mongo-store';
import { Row } from '../storage/row';
import { fitKey, KEY_BYTES_MAX } from './entries';
import type { CollectionDefinition } from './index-definition';
import type { ScanSource } from './scan';

/** The type of a field named _id, its name and the name's end. */
const ID_FIELD_HEAD = 5;

/** Every collection's first index: that of _id. */
export const ID_INDEX = 0;

/** The one _id that a passing document must have; undefined when the filter does not say. */
export function pointOf(filter: Filter): Value | undefined {
  if (filter.kind === 'and') {
    for (const part of filter.of) {
      const id = part.kind === 'field' ? pointOf(part) : undefined;
      if (id !== undefined) return id;
    }
    return undefined;
  }
  if (filter.kind !== 'field' || filter.comparison.op !== 'eq') return undefined;
  if (filter.path.length !== 1 || filter.path[0] !== '_id') return undefined;
  const { value } = filter.comparison;
  // These also stand for something else: a missing field, or an element.
  return value === null || value === BSON_UNDEFINED || Array.isArray(value) ? undefined : value;
}

const writer = new RawKeyWriter();

/** As `rowById`, for an _id as a field of BSON, within a write. */
export function rowByIdBytes(store: MongoStore, collection: CollectionDefinition, field: Buffer) {
  const index = collection.indexes[0];
  if (index?.id !== ID_INDEX) return undefined;
  writer.reset();
  writer.number(collection.id);
  writer.number(index.id);
  const prefix = writer.end;
  writer.rawField(field, field[0] as number, ID_FIELD_HEAD, field.length, false);
  if (writer.end - prefix > KEY_BYTES_MAX) return undefined;
  const holder = store.entries.get(writer.view(0, writer.end));
  if (!holder) return null;
  const recordId = recordIdFromBytes(holder);
  const bytes = store.documents.get(documentKeyForNow(collection.id, recordId));
  return bytes ? new Row(recordId, bytes) : null;
}

/** The document with an _id, by one look at its index; null without one, undefined if it cannot tell. */
export function rowById({ store, reader, collection }: ScanSource, id: Value) {
  const index = collection.indexes[0];
  if (index?.id !== ID_INDEX) return undefined;
  const full = encodeKey(id);
  const key = fitKey(full);
  if (key !== full) return undefined;
  const holder = reader.get(store.entries, entryKey(collection.id, index, key, 0));
  if (!holder) return null;
  const recordId = recordIdFromBytes(holder);
  const bytes = reader.get(store.documents, documentKey(collection.id, recordId));
  return bytes ? new Row(recordId, bytes) : null;
}

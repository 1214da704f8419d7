import { BSON_UNDEFINED, type Value } from '../bson/values';
import { encodeKey } from '../ordering/key-encoding';
import type { Filter } from '../query/filter';
import { documentKey, entryKey, recordIdFromBytes } from '../storage/keys';
import { Row } from '../storage/row';
import { fitKey } from './entries';
import type { ScanSource } from './scan';

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

import { FieldNames, plainId } from '../bson/partial';
import { BsonType, RawDoc, type Value } from '../bson/values';
import { walkFields, walkTop } from '../bson/walk';
import type { CollectionDefinition } from '../indexes/index-definition';
import { rowByIdBytes } from '../indexes/point-lookup';
import { RawEntries, sameKeys } from '../indexes/raw-entries';
import { CollectionWriter } from '../storage/collection-writer';
import type { MongoStore } from '../storage/mongo-store';

/**
 * An update in its commonest form: the document with an _id is replaced if some of its fields
 * have the values given. Its bytes become the stored ones as they are.
 */
export interface ReplacementById {
  /** The whole statement, for the general way. */
  readonly statement: RawDoc;
  readonly bytes: Buffer;
  /** The _id within the bytes, with its type and name. */
  readonly idBytes: Buffer;
  /** The other fields of the filter, each with its type and name. */
  readonly guards: readonly Buffer[];
}

const PARTS = new FieldNames(['q', 'u', 'multi', 'upsert']);
const ID_NAME = Buffer.from('_id\0');
const DOLLAR = 0x24;
const DOT = 0x2e;

/** The statement in that form; undefined when it says anything more. */
export function replacementById(statement: Value): ReplacementById | undefined {
  if (!(statement instanceof RawDoc)) return undefined;
  const whole = statement.bytes;
  let [q, u, usual]: [Buffer | undefined, Buffer | undefined, boolean] = [
    undefined,
    undefined,
    true,
  ];
  walkTop(whole, (nameStart, nameEnd, type, start, end) => {
    const part = PARTS.indexAt(whole, nameStart, nameEnd);
    if (part === 0 && type === BsonType.Object) q = whole.subarray(start, end);
    else if (part === 1 && type === BsonType.Object) u = whole.subarray(start, end);
    else usual &&= part > 1 && type === BsonType.Bool && whole[start] === 0;
  });
  if (!q || !u || !usual) return undefined;
  const idBytes = plainId(u);
  const guards = idBytes && guardsOf(q, idBytes);
  return idBytes && guards ? { statement, bytes: u, idBytes, guards } : undefined;
}

/** What a filter asks besides the _id; undefined when it is more than equal, common values. */
function guardsOf(q: Buffer, idBytes: Buffer): Buffer[] | undefined {
  const guards: Buffer[] = [];
  let found = false;
  let plain = true;
  walkFields(q, (nameStart, nameEnd, type, _start, end) => {
    plain &&= isExact(type) && isPlainName(q, nameStart, nameEnd);
    const field = q.subarray(nameStart - 1, end);
    if (nameEnd - nameStart === 3 && field.indexOf(ID_NAME) === 1) {
      plain &&= !found && field.equals(idBytes);
      found = true;
    } else guards.push(field);
  });
  return plain && found ? guards : undefined;
}

/** Types whose values are equal to themselves and stand for nothing else in a filter. */
function isExact(type: number): boolean {
  switch (type) {
    case BsonType.String:
    case BsonType.Int32:
    case BsonType.Int64:
    case BsonType.Date:
    case BsonType.ObjectId:
    case BsonType.Bool:
      return true;
    default:
      return false;
  }
}

function isPlainName(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] === DOLLAR) return false;
  for (let at = start; at < end; at++) if (bytes[at] === DOT) return false;
  return true;
}

/** How many documents matched and changed, inside a write; undefined: it takes the general way. */
export function replaceById(
  store: MongoStore,
  collection: CollectionDefinition,
  { bytes, idBytes, guards }: ReplacementById,
): { readonly matched: number; readonly modified: number } | undefined {
  const found = rowByIdBytes(store, collection, idBytes);
  if (found === undefined) return undefined;
  if (found === null) return { matched: 0, modified: 0 };
  // An _id of another width is kept as it was stored; guards may be equal in other bytes too.
  if (!found.bytes.subarray(4, 4 + idBytes.length).equals(idBytes)) return undefined;
  if (!holds(found.bytes, guards)) return undefined;
  if (found.bytes.equals(bytes)) return { matched: 1, modified: 0 };
  if (collection.indexes.length > 1) {
    const entries = RawEntries.of(collection);
    if (!entries || !sameKeys(entries, found.bytes, bytes)) return undefined;
  }
  new CollectionWriter(store, collection).replaceBytes(found.recordId, found.bytes, bytes);
  return { matched: 1, modified: 1 };
}

/** True when a document has these fields, byte for byte. */
function holds(stored: Buffer, guards: readonly Buffer[]): boolean {
  if (guards.length === 0) return true;
  const held = guards.map(() => false);
  walkTop(stored, (nameStart, nameEnd, _type, _start, end) => {
    for (let at = 0; at < guards.length; at++) {
      const guard = guards[at] as Buffer;
      const nameLength = nameEnd - nameStart + 1;
      if (guard[1] !== stored[nameStart] || guard[nameLength] !== 0) continue;
      if (guard.compare(stored, nameStart, nameEnd + 1, 1, 1 + nameLength) !== 0) continue;
      // Of fields with one name the last one counts.
      held[at] = guard.compare(stored, nameStart - 1, end) === 0;
    }
  });
  return held.every(Boolean);
}

import type { BinaryDatabase } from '@daybook/embedded-store';
import { display } from '../bson/display';
import { encodeDoc } from '../bson/encode';
import { decodeFields, ID } from '../bson/partial';
import { type Doc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { entriesOf, type IndexEntries, type IndexEntry } from '../indexes/entries';
import {
  type CollectionDefinition,
  type IndexDefinition,
  namespaceOf,
} from '../indexes/index-definition';
import { ID_INDEX } from '../indexes/point-lookup';
import type { RawKeys } from '../indexes/raw-entries';
import {
  documentKey,
  documentKeyForNow,
  entryKey,
  type RecordId,
  recordIdForNow,
  recordIdFromBytes,
} from './keys';
import type { MongoStore } from './mongo-store';
import type { Row } from './row';

/** Largest document that is stored, as in MongoDB. */
export const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;

const IF_ABSENT = { noOverwrite: true };

/** False when the key is taken; the client's type does not tell that it answers. */
function putAbsent(database: BinaryDatabase, key: Buffer, value: Buffer): boolean {
  return (database.putSync(key, value, IF_ABSENT) as unknown) === true;
}

interface IndexChange {
  index: IndexDefinition;
  added: readonly IndexEntry[];
  removed: readonly IndexEntry[];
  entries: IndexEntries;
}

/**
 * Changes documents together with all index entries, inside a write transaction. Everything that
 * can be refused is refused before the first byte is written, so a refusal leaves nothing behind.
 */
export class CollectionWriter {
  constructor(
    private readonly store: MongoStore,
    private collection: CollectionDefinition,
  ) {}

  /**
   * Stores a new document; duplicate keys are refused with 11000. `doc` needs only the fields
   * that indexes are made of, when its bytes are given.
   */
  insert(doc: Doc, bytes = encodeDoc(doc)): void {
    refuseTooLarge(bytes);
    const changes = this.changes(undefined, doc, undefined);
    const recordId = this.store.nextRecordId(this.collection);
    this.apply(changes, recordId);
    this.store.documents.putSync(documentKey(this.collection.id, recordId), bytes);
    this.store.resize(this.collection, 1, bytes.length);
  }

  /**
   * Stores a new document whose keys are those from `first` up to `last`; a taken _id, whose key
   * is the first, is refused with 11000.
   */
  insertRaw(bytes: Buffer, { writer, ends }: RawKeys, first: number, last: number): void {
    refuseTooLarge(bytes);
    const { entries, documents } = this.store;
    const recordId = this.store.nextRecordId(this.collection);
    const value = recordIdForNow(recordId);
    for (let at = first; at < last; at++) {
      const [start, end] = [at > 0 ? (ends[at - 1] as number) : 0, ends[at] as number];
      if (at > first) {
        writer.putRecordId(value, end);
        entries.putSync(writer.view(start, end), value);
      } else if (!putAbsent(entries, writer.view(start, end), value)) {
        const id = decodeFields(bytes, ID).get('_id') as Value;
        throw duplicateKey(this.collection, this.collection.indexes[0] as IndexDefinition, [id]);
      }
    }
    documents.putSync(documentKeyForNow(this.collection.id, recordId), bytes);
    this.store.resize(this.collection, 1, bytes.length);
  }

  /** Replaces the bytes of a stored document, which change no index entry. */
  replaceBytes(recordId: RecordId, before: Buffer, bytes: Buffer): void {
    refuseTooLarge(bytes);
    this.store.documents.putSync(documentKeyForNow(this.collection.id, recordId), bytes);
    this.store.resize(this.collection, 0, bytes.length - before.length);
  }

  /** Replaces a stored document. */
  replace(row: Row, doc: Doc, bytes = encodeDoc(doc)): void {
    refuseTooLarge(bytes);
    this.apply(this.changes(row.doc, doc, row.recordId), row.recordId);
    this.store.documents.putSync(documentKey(this.collection.id, row.recordId), bytes);
    this.store.resize(this.collection, 0, bytes.length - row.bytes.length);
  }

  /** Removes a stored document. */
  remove(row: Row): void {
    this.apply(this.changes(row.doc, undefined, row.recordId), row.recordId);
    this.store.documents.removeSync(documentKey(this.collection.id, row.recordId));
    this.store.resize(this.collection, -1, -row.bytes.length);
  }

  /** Adds one document to one index: used when an index is built. */
  index(index: IndexDefinition, row: Row): void {
    const entries = entriesOf(index, row.doc);
    this.refuseDuplicates(index, entries.entries, row.recordId);
    this.apply([{ index, added: entries.entries, removed: [], entries }], row.recordId);
  }

  private changes(
    before: Doc | undefined,
    after: Doc | undefined,
    recordId?: RecordId,
  ): IndexChange[] {
    return this.collection.indexes.flatMap((index) => {
      // What identifies a document never changes: neither does its entry.
      if (before && after && index.id === ID_INDEX) return [];
      const old = before ? entriesOf(index, before).entries : [];
      const entries = after
        ? entriesOf(index, after)
        : { entries: [], multikey: [], cutKeys: false };
      const change = { index, entries, ...difference(old, entries.entries) };
      this.refuseDuplicates(index, change.added, recordId);
      return change;
    });
  }

  private refuseDuplicates(
    index: IndexDefinition,
    added: readonly IndexEntry[],
    recordId: RecordId | undefined,
  ): void {
    if (!index.unique) return;
    for (const entry of added) {
      const holder = this.store.entries.get(this.entryKey(index, entry, 0));
      if (holder && recordIdFromBytes(holder) !== recordId) {
        throw duplicateKey(this.collection, index, entry.values);
      }
    }
  }

  private apply(changes: readonly IndexChange[], recordId: RecordId): void {
    const { entries } = this.store;
    const value = recordIdForNow(recordId);
    for (const { index, added, removed, entries: found } of changes) {
      for (const entry of removed) entries.removeSync(this.entryKey(index, entry, recordId));
      for (const entry of added) entries.putSync(this.entryKey(index, entry, recordId), value);
      this.noteShape(index, found);
    }
  }

  private entryKey(index: IndexDefinition, entry: IndexEntry, recordId: RecordId): Buffer {
    return entryKey(this.collection.id, index, entry.key, recordId);
  }

  /** Remembers that an index now holds array elements or cut keys: the planner must know. */
  private noteShape(index: IndexDefinition, found: IndexEntries): void {
    const known = this.collection.indexes.find((one) => one.id === index.id);
    if (!known) return;
    const news = found.multikey.some((is, at) => is && !known.multikey[at]);
    if (!news && (known.cutKeys || !found.cutKeys)) return;
    const changed = {
      ...known,
      multikey: known.multikey.map((was, at) => was || found.multikey[at] === true),
      cutKeys: known.cutKeys || found.cutKeys,
    };
    const indexes = this.collection.indexes.map((one) => (one.id === index.id ? changed : one));
    this.collection = { ...this.collection, indexes };
    this.store.putCollection(this.collection);
  }
}

function refuseTooLarge(bytes: Buffer): void {
  if (bytes.length <= DOCUMENT_BYTES_MAX) return;
  throw new MongoError(
    10334,
    `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${DOCUMENT_BYTES_MAX}`,
  );
}

function difference(old: readonly IndexEntry[], next: readonly IndexEntry[]) {
  if (old.length === 0) return { added: next, removed: old };
  if (old.length === 1 && next.length === 1 && old[0]?.key.equals(next[0]?.key as Buffer)) {
    return { added: [], removed: [] };
  }
  const before = new Set(old.map((entry) => entry.key.toString('latin1')));
  const after = new Set(next.map((entry) => entry.key.toString('latin1')));
  return {
    added: next.filter((entry) => !before.has(entry.key.toString('latin1'))),
    removed: old.filter((entry) => !after.has(entry.key.toString('latin1'))),
  };
}

function duplicateKey(
  collection: CollectionDefinition,
  index: IndexDefinition,
  values: readonly Value[],
): MongoError {
  const keyValue: Doc = new Map(index.fields.map((field, at) => [field.name, values[at] as Value]));
  const message =
    `E11000 duplicate key error collection: ${namespaceOf(collection)} ` +
    `index: ${index.name} dup key: ${display(keyValue)}`;
  return new MongoError(11000, message, { keyPattern: index.key, keyValue });
}

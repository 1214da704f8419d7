import { decodeDoc } from '../bson/decode';
import { encodeDoc } from '../bson/encode';
import { beginsWithId, decodeFields, type FieldNames, ID } from '../bson/partial';
import {
  BsonRegex,
  BSON_UNDEFINED,
  type Doc,
  docOf,
  isDoc,
  RawDoc,
  type Value,
} from '../bson/values';
import { badValue, MongoError } from '../errors';
import { indexedFields } from '../indexes/entries';
import { CollectionWriter } from '../storage/collection-writer';
import { withId } from '../update/upsert';
import {
  type CommandContext,
  collectionName,
  type CommandHandler,
  flagArgument,
} from './command-context';
import { writeOnce } from './remembered-answers';
import { collectionForWrite } from './write-target';

/** Most statements of one write command. */
export const BATCH_MAX = 100_000;

/** A document ready to be stored. */
export interface Insertion {
  readonly doc: Doc;
  readonly bytes: Buffer;
  /** What of the bytes `doc` holds; absent: everything. */
  readonly fields?: FieldNames;
}

/** The statements of a write command; 16 when there are none or too many. */
export function statements(body: Doc, field: string): Value[] {
  const list = body.get(field);
  if (!Array.isArray(list)) throw badValue(`BSON field '${field}' is missing or not an array`);
  if (list.length === 0 || list.length > BATCH_MAX) {
    throw new MongoError(
      16,
      `Write batch sizes must be between 1 and ${BATCH_MAX}. Got ${list.length} operations.`,
    );
  }
  return list;
}

/** A statement as a document. */
export function asDoc(statement: Value): Doc {
  if (statement instanceof RawDoc) return decodeDoc(statement.bytes);
  if (isDoc(statement)) return statement;
  throw new MongoError(14, 'a write statement must be an object');
}

/** Brings a document into its stored form: _id first and valid. */
export function insertionOf(statement: Value): Insertion {
  const given = asDoc(statement);
  const doc = withId(given);
  checkId(doc.get('_id'));
  const bytes = doc === given && statement instanceof RawDoc ? statement.bytes : encodeDoc(doc);
  return { doc, bytes };
}

/** As `insertionOf`, decoding no more of a document than the fields that indexes are made of. */
function rawInsertionOf(statement: Value, fields: FieldNames): Insertion {
  if (!(statement instanceof RawDoc) || !beginsWithId(statement.bytes)) {
    return insertionOf(statement);
  }
  const { bytes } = statement;
  const doc = decodeFields(bytes, fields);
  checkId(doc.get('_id'));
  return { doc, bytes, fields };
}

/** Refuses values that cannot identify a document. */
export function checkId(id: Value | undefined): void {
  if (Array.isArray(id)) throw new MongoError(53, "The '_id' value cannot be of type array");
  if (id instanceof BsonRegex) throw new MongoError(53, "The '_id' value cannot be of type regex");
  if (id === BSON_UNDEFINED)
    throw new MongoError(53, "The '_id' value cannot be of type undefined");
  if (isDoc(id)) {
    for (const name of id.keys()) {
      if (name.startsWith('$')) {
        throw new MongoError(
          52,
          `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
        );
      }
    }
  }
}

/** Runs statement after statement, collecting refusals; an ordered run stops at the first. */
export function runStatements(
  count: number,
  ordered: boolean,
  run: (index: number) => void,
): Doc[] {
  const errors: Doc[] = [];
  for (let index = 0; index < count; index++) {
    try {
      run(index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      errors.push(error.writeError(index));
      if (ordered) break;
    }
  }
  return errors;
}

/** insert. */
export const insert: CommandHandler = (context: CommandContext) => {
  const name = collectionName(context);
  const given = statements(context.body, 'documents');
  const ordered = flagArgument(context.body, 'ordered', true);
  const { store } = context.server;
  const expected = store.writeCatalog.find(context.database, name);
  const fields = expected ? indexedFields(expected.indexes) : ID;
  const ready = given.map((statement) => {
    try {
      return fields ? rawInsertionOf(statement, fields) : insertionOf(statement);
    } catch (error) {
      if (error instanceof MongoError) return error;
      throw error;
    }
  });
  return writeOnce(context, () => {
    const collection = collectionForWrite(store, context.database, name);
    const needed = indexedFields(collection.indexes);
    const writer = new CollectionWriter(store, collection);
    let n = 0;
    const errors = runStatements(ready.length, ordered, (index) => {
      const insertion = ready[index] as Insertion | MongoError;
      if (insertion instanceof MongoError) throw insertion;
      writer.insert(wholeEnough(insertion, needed), insertion.bytes);
      n++;
    });
    return docOf({ n, writeErrors: errors.length > 0 ? errors : undefined });
  });
};

/** The document with what its indexes need: they may have changed since it was decoded. */
function wholeEnough({ doc, bytes, fields }: Insertion, needed: FieldNames | undefined): Doc {
  return fields === undefined || fields === needed ? doc : decodeDoc(bytes);
}

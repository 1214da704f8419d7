import { decodeDoc } from '../bson/decode';
import { encodeDoc } from '../bson/encode';
import { beginsWithId } from '../bson/partial';
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
import { RawEntries, RawKeys } from '../indexes/raw-entries';
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
  const entries = expected && RawEntries.of(expected);
  const keys = new RawKeys();
  const ready = given.map(
    (statement) => rawInsertion(statement, entries, keys) ?? tried(statement),
  );
  return writeOnce(context, () => {
    const collection = collectionForWrite(store, context.database, name);
    const writer = new CollectionWriter(store, collection);
    let n = 0;
    const errors = runStatements(ready.length, ordered, (index) => {
      const insertion = ready[index] as Insertion | RawInsertion | MongoError;
      if (insertion instanceof MongoError) throw insertion;
      if ('doc' in insertion) {
        writer.insert(insertion.doc, insertion.bytes);
      } else if (collection === expected) {
        writer.insertRaw(insertion.bytes, keys, insertion.first, insertion.last);
      } else {
        writer.insert(decodeDoc(insertion.bytes), insertion.bytes);
      }
      n++;
    });
    return docOf({ n, writeErrors: errors.length > 0 ? errors : undefined });
  });
};

/** A document that is stored as the bytes it came in, and where its keys are. */
interface RawInsertion {
  readonly bytes: Buffer;
  readonly first: number;
  readonly last: number;
}

/** The statement in that form; undefined when it takes the general way. */
function rawInsertion(
  statement: Value,
  entries: RawEntries | undefined,
  keys: RawKeys,
): RawInsertion | undefined {
  if (!entries || !(statement instanceof RawDoc) || !beginsWithId(statement.bytes))
    return undefined;
  const { bytes } = statement;
  const first = keys.ends.length;
  return entries.append(bytes, keys) ? { bytes, first, last: keys.ends.length } : undefined;
}

function tried(statement: Value): Insertion | MongoError {
  try {
    return insertionOf(statement);
  } catch (error) {
    if (error instanceof MongoError) return error;
    throw error;
  }
}

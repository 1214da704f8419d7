import { type Doc, docOf, type Value } from '../bson/values';
import { encodeDoc } from '../bson/encode';
import { failedToParse, MongoError } from '../errors';
import type { CollectionDefinition } from '../indexes/index-definition';
import { refuseCollation } from '../indexes/index-spec';
import { matches } from '../query/filter';
import type { Deadline } from '../query/find-rows';
import { findRows } from '../query/find-rows';
import { FilterScope, parseFilter } from '../query/parse-filter';
import type { MatchSpot } from '../query/paths';
import { parseSort, type SortField } from '../query/sort';
import { CollectionWriter } from '../storage/collection-writer';
import { documentKey } from '../storage/keys';
import type { MongoStore } from '../storage/mongo-store';
import { WRITE_READER } from '../storage/reader';
import { Row } from '../storage/row';
import { parseUpdate, type Update } from '../update/update';
import { upsertedDoc } from '../update/upsert';
import type { Filter } from '../query/filter';
import {
  collectionName,
  type CommandHandler,
  deadlineOf,
  docArgument,
  flagArgument,
} from './command-context';
import { asDoc, checkId, runStatements, statements } from './insert';
import { writeOnce } from './remembered-answers';
import { replaceById, replacementById, type ReplacementById } from './replace-by-id';
import { collectionForWrite, variablesOf } from './write-target';
import type { Variables } from '../aggregate/context';

/** One parsed update statement. */
export interface UpdateStatement {
  readonly filter: Filter;
  readonly update: Update;
  readonly upsert: boolean;
  readonly multi: boolean;
  readonly hint: Value | undefined;
  readonly sort: readonly SortField[];
}

/** What one update did. */
export interface UpdateOutcome {
  readonly matched: number;
  readonly modified: number;
  readonly upsertedId?: Value | undefined;
}

/** Parses a statement of the update command. */
export function parseUpdateStatement(statement: Doc, variables: Variables): UpdateStatement {
  const filter = docArgument(statement, 'q');
  if (!filter) throw failedToParse("BSON field 'update.updates.q' is missing but a required field");
  refuseCollation(statement.get('collation'));
  const multi = flagArgument(statement, 'multi');
  const update = parseUpdate(statement.get('u'), statement.get('arrayFilters'), variables);
  if (multi && update.kind === 'replacement') {
    throw failedToParse('multi update is not supported for replacement-style update');
  }
  const sort = docArgument(statement, 'sort');
  if (multi && sort) throw failedToParse('Cannot specify sort with multi=true');
  return {
    filter: parseFilter(filter, new FilterScope(variables)),
    update,
    multi,
    upsert: flagArgument(statement, 'upsert'),
    hint: statement.get('hint'),
    sort: sort ? parseSort(sort) : [],
  };
}

/** update. */
export const update: CommandHandler = (context) => {
  const name = collectionName(context);
  const variables = variablesOf(context.body);
  const given = statements(context.body, 'updates').map(
    (statement) => replacementById(statement) ?? asDoc(statement),
  );
  const ordered = flagArgument(context.body, 'ordered', true);
  const deadline = deadlineOf(context.body);
  const { database } = context;
  const { store } = context.server;
  const general = (one: Doc | ReplacementById): UpdateOutcome => {
    const statement = one instanceof Map ? one : asDoc(one.statement);
    const parsed = parseUpdateStatement(statement, variables);
    return runUpdate(store, database, name, parsed, deadline);
  };
  return writeOnce(context, () => {
    let [n, nModified] = [0, 0];
    const upserted: Doc[] = [];
    const errors = runStatements(given.length, ordered, (index) => {
      const one = given[index] as Doc | ReplacementById;
      const outcome = replaced(store, database, name, one) ?? general(one);
      n += outcome.matched;
      nModified += outcome.modified;
      if (outcome.upsertedId !== undefined) {
        n += 1;
        upserted.push(docOf({ index, _id: outcome.upsertedId }));
      }
    });
    return docOf({
      n,
      nModified,
      upserted: upserted.length > 0 ? upserted : undefined,
      writeErrors: errors.length > 0 ? errors : undefined,
    });
  });
};

/** The outcome of a replacement by _id; undefined when the statement takes the general way. */
function replaced(
  store: MongoStore,
  database: string,
  name: string,
  one: Doc | ReplacementById,
): UpdateOutcome | undefined {
  const collection = one instanceof Map ? undefined : store.writeCatalog.find(database, name);
  return collection && replaceById(store, collection, one as ReplacementById);
}

/** Runs one update inside the write transaction. */
export function runUpdate(
  store: MongoStore,
  database: string,
  name: string,
  statement: UpdateStatement,
  deadline: Deadline,
): UpdateOutcome {
  const existing = store.writeCatalog.find(database, name);
  const found = existing ? rowsToChange(store, existing, statement, deadline) : [];
  if (existing && found.length > 0) return changeRows(store, existing, statement, found);
  if (!statement.upsert) return { matched: 0, modified: 0, upsertedId: undefined };
  const doc = upsertedDoc(statement.filter, statement.update);
  checkId(doc.get('_id'));
  const collection = existing ?? collectionForWrite(store, database, name);
  new CollectionWriter(store, collection).insert(doc);
  return { matched: 0, modified: 0, upsertedId: doc.get('_id') as Value };
}

/** All rows are chosen before the first is changed, so that no change is seen twice. */
function rowsToChange(
  store: MongoStore,
  collection: CollectionDefinition,
  statement: UpdateStatement,
  deadline: Deadline,
): (Row | LazyRow)[] {
  const { filter, sort, hint, multi } = statement;
  const rows = findRows(
    { store, reader: WRITE_READER, collection },
    { filter, sort, hint, deadline, limit: multi ? 0 : 1 },
  );
  if (!multi) return [...rows];
  // Only the numbers are kept: the documents may be larger than memory.
  const numbers: number[] = [];
  for (const row of rows) numbers.push(row.recordId);
  return numbers.map((recordId) => new LazyRow(store, collection.id, recordId));
}

/** A row whose bytes are read again when its turn comes. */
class LazyRow {
  constructor(
    private readonly store: MongoStore,
    private readonly collectionId: number,
    readonly recordId: number,
  ) {}

  load(): Row {
    const key = documentKey(this.collectionId, this.recordId);
    return new Row(this.recordId, this.store.documents.get(key) as Buffer);
  }
}

function changeRows(
  store: MongoStore,
  collection: CollectionDefinition,
  statement: UpdateStatement,
  rows: readonly (Row | LazyRow)[],
): UpdateOutcome {
  let modified = 0;
  for (const held of rows) {
    const row = held instanceof LazyRow ? held.load() : held;
    const current = store.writeCatalog.find(collection.database, collection.name) ?? collection;
    if (changeRow(new CollectionWriter(store, current), row, statement)) modified++;
  }
  return { matched: rows.length, modified, upsertedId: undefined };
}

/** Applies an update to one row; false when nothing changed. */
export function changeRow(writer: CollectionWriter, row: Row, statement: UpdateStatement): boolean {
  const spot: MatchSpot = {};
  matches(statement.filter, row.doc, spot);
  const doc = statement.update.apply(row.doc, { matched: spot.index, inserting: false });
  const bytes = encodeDoc(doc);
  if (bytes.equals(row.bytes)) return false;
  if (doc.get('_id') === undefined) throw new MongoError(66, "the field '_id' cannot be removed");
  writer.replace(row, doc, bytes);
  return true;
}

import { type Doc, docOf, type Value } from '../bson/values';
import { failedToParse } from '../errors';
import { refuseCollation } from '../indexes/index-spec';
import { matches } from '../query/filter';
import { findRows } from '../query/find-rows';
import { FilterScope, parseFilter } from '../query/parse-filter';
import type { MatchSpot } from '../query/paths';
import { compileProjection } from '../query/projection';
import { parseSort } from '../query/sort';
import { CollectionWriter } from '../storage/collection-writer';
import { documentKey } from '../storage/keys';
import type { MongoStore } from '../storage/mongo-store';
import { WRITE_READER } from '../storage/reader';
import { Row } from '../storage/row';
import { parseUpdate } from '../update/update';
import { upsertedDoc } from '../update/upsert';
import {
  collectionName,
  type CommandHandler,
  deadlineOf,
  docArgument,
  flagArgument,
} from './command-context';
import { checkId } from './insert';
import { writeOnce } from './remembered-answers';
import { changeRow, type UpdateStatement } from './update';
import { collectionForWrite, variablesOf } from './write-target';

/** findAndModify: changes or removes one document and gives it back as it was or is. */
export const findAndModify: CommandHandler = (context) => {
  const { body, database } = context;
  const name = collectionName(context);
  const { store } = context.server;
  const removes = flagArgument(body, 'remove');
  const returnsNew = flagArgument(body, 'new');
  const variables = variablesOf(body);
  if (!removes && !body.has('update'))
    throw failedToParse('Either an update or remove=true must be specified');
  if (removes && body.has('update'))
    throw failedToParse('Cannot specify both an update and remove=true');
  if (removes && returnsNew) {
    throw failedToParse(
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  }
  refuseCollation(body.get('collation'));
  const statement: UpdateStatement = {
    filter: parseFilter(docArgument(body, 'query') ?? new Map(), new FilterScope(variables)),
    update: parseUpdate(
      removes ? new Map() : body.get('update'),
      removes ? undefined : body.get('arrayFilters'),
      variables,
    ),
    upsert: !removes && flagArgument(body, 'upsert'),
    multi: false,
    hint: body.get('hint'),
    sort: parseSort(docArgument(body, 'sort') ?? new Map()),
  };
  const projection = compileProjection(docArgument(body, 'fields') ?? new Map(), variables);
  const shape = (doc: Doc | undefined): Value => {
    if (!doc) return null;
    const spot: MatchSpot = {};
    if (projection) matches(statement.filter, doc, spot);
    return projection ? projection(doc, spot) : doc;
  };
  const deadline = deadlineOf(body);
  return writeOnce(context, () => {
    const collection = store.writeCatalog.find(database, name);
    const source = collection && { store, reader: WRITE_READER, collection };
    const rows = source ? findRows(source, { ...statement, limit: 1, deadline }) : [];
    const [row] = [...rows];
    if (!collection || !row)
      return insertMissing(store, database, name, statement, returnsNew, shape);
    const writer = new CollectionWriter(store, collection);
    if (removes) {
      writer.remove(row);
      return docOf({ lastErrorObject: docOf({ n: 1 }), value: shape(row.doc) });
    }
    changeRow(writer, row, statement);
    const key = documentKey(collection.id, row.recordId);
    const after = new Row(row.recordId, store.documents.get(key) as Buffer);
    return docOf({
      lastErrorObject: docOf({ n: 1, updatedExisting: true }),
      value: shape(returnsNew ? after.doc : row.doc),
    });
  });
};

function insertMissing(
  store: MongoStore,
  database: string,
  name: string,
  statement: UpdateStatement,
  returnsNew: boolean,
  shape: (doc: Doc | undefined) => Value,
): Doc {
  if (!statement.upsert) {
    return docOf({ lastErrorObject: docOf({ n: 0, updatedExisting: false }), value: null });
  }
  const doc = upsertedDoc(statement.filter, statement.update);
  checkId(doc.get('_id'));
  new CollectionWriter(store, collectionForWrite(store, database, name)).insert(doc);
  return docOf({
    lastErrorObject: docOf({ n: 1, updatedExisting: false, upserted: doc.get('_id') }),
    value: returnsNew ? shape(doc) : null,
  });
}

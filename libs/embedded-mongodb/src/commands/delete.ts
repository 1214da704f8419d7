import { type Doc, docOf, type Value } from '../bson/values';
import { failedToParse } from '../errors';
import { refuseCollation } from '../indexes/index-spec';
import type { Filter } from '../query/filter';
import { type Deadline, findRows } from '../query/find-rows';
import { FilterScope, parseFilter } from '../query/parse-filter';
import { CollectionWriter } from '../storage/collection-writer';
import { documentKey } from '../storage/keys';
import type { MongoStore } from '../storage/mongo-store';
import { WRITE_READER } from '../storage/reader';
import { Row } from '../storage/row';
import {
  collectionName,
  type CommandHandler,
  countArgument,
  deadlineOf,
  docArgument,
} from './command-context';
import { asDoc, runStatements, statements } from './insert';
import { writeOnce } from './remembered-answers';
import { variablesOf } from './write-target';
import type { Variables } from '../aggregate/context';

/** One parsed delete statement. */
export interface DeleteStatement {
  readonly filter: Filter;
  readonly hint: Value | undefined;
  /** 0 for all that pass. */
  readonly limit: number;
}

/** Parses a statement of the delete command. */
export function parseDeleteStatement(statement: Doc, variables: Variables): DeleteStatement {
  const filter = docArgument(statement, 'q');
  const limit = countArgument(statement, 'limit');
  if (!filter || limit === undefined) {
    throw failedToParse("BSON field 'delete.deletes.q' or 'limit' is missing but a required field");
  }
  if (limit > 1)
    throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${limit}`);
  refuseCollation(statement.get('collation'));
  return {
    filter: parseFilter(filter, new FilterScope(variables)),
    limit,
    hint: statement.get('hint'),
  };
}

/** Runs one delete inside the write transaction; gives how many went. */
export function runDelete(
  store: MongoStore,
  database: string,
  name: string,
  { filter, hint, limit }: DeleteStatement,
  deadline: Deadline,
): number {
  const collection = store.writeCatalog.find(database, name);
  if (!collection) return 0;
  const source = { store, reader: WRITE_READER, collection };
  const doomed: number[] = [];
  for (const row of findRows(source, { filter, sort: [], hint, limit, deadline })) {
    doomed.push(row.recordId);
  }
  const writer = new CollectionWriter(store, collection);
  for (const recordId of doomed) {
    const bytes = store.documents.get(documentKey(collection.id, recordId)) as Buffer;
    writer.remove(new Row(recordId, bytes));
  }
  return doomed.length;
}

/** delete. */
export const remove: CommandHandler = (context) => {
  const name = collectionName(context);
  const variables = variablesOf(context.body);
  const given = statements(context.body, 'deletes').map(asDoc);
  const ordered = context.body.get('ordered') !== false;
  const deadline = deadlineOf(context.body);
  return writeOnce(context, () => {
    let n = 0;
    const errors = runStatements(given.length, ordered, (index) => {
      const statement = parseDeleteStatement(given[index] as Doc, variables);
      n += runDelete(context.server.store, context.database, name, statement, deadline);
    });
    return docOf({ n, writeErrors: errors.length > 0 ? errors : undefined });
  });
};

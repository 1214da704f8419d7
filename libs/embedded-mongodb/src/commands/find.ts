import { type Doc, docOf, isDoc, RawDoc } from '../bson/values';
import { MongoError } from '../errors';
import { refuseCollation } from '../indexes/index-spec';
import { type Filter, matches } from '../query/filter';
import { findRows, type RowQuery } from '../query/find-rows';
import { FilterScope, parseFilter } from '../query/parse-filter';
import type { MatchSpot } from '../query/paths';
import { compileProjection, type Projection } from '../query/projection';
import { parseSort } from '../query/sort';
import type { Row } from '../storage/row';
import {
  collectionName,
  type CommandHandler,
  countArgument,
  deadlineOf,
  docArgument,
  flagArgument,
} from './command-context';
import { variablesOf } from './write-target';

/** The query part of a find, also used by explain. */
export function findQuery(body: Doc): { query: RowQuery; projection: Projection | undefined } {
  const variables = variablesOf(body);
  refuseCollation(body.get('collation'));
  for (const option of ['tailable', 'awaitData']) {
    if (flagArgument(body, option)) {
      throw new MongoError(
        2,
        'error processing query: tailable cursor requested on non capped collection',
      );
    }
  }
  const filter = parseFilter(docArgument(body, 'filter') ?? new Map(), new FilterScope(variables));
  const hint = body.get('hint');
  const query = {
    filter,
    sort: parseSort(docArgument(body, 'sort') ?? new Map()),
    hint: isDoc(hint) && hint.size === 0 ? undefined : hint,
    skip: countArgument(body, 'skip') ?? 0,
    limit: countArgument(body, 'limit') ?? 0,
    deadline: deadlineOf(body),
  };
  const projection = compileProjection(docArgument(body, 'projection') ?? new Map(), variables);
  return { query, projection };
}

/** find. */
export const find: CommandHandler = ({ server, body, database, ...context }) => {
  const name = collectionName({ server, body, database, ...context });
  const { query, projection } = findQuery(body);
  const batchSize = countArgument(body, 'batchSize');
  const { reader, catalog } = server.store.snapshot();
  const namespace = `${database}.${name}`;
  try {
    const collection = catalog.find(database, name);
    const rows = collection ? findRows({ store: server.store, reader, collection }, query) : [];
    return server.cursors.start({
      namespace,
      items: shaped(rows, query.filter, projection),
      batchSize,
      singleBatch: flagArgument(body, 'singleBatch'),
      noTimeout: flagArgument(body, 'noCursorTimeout'),
      deadline: query.deadline,
      close: () => reader.close(),
    });
  } catch (error) {
    reader.close();
    throw error;
  }
};

function* shaped(
  rows: Iterable<Row>,
  filter: Filter,
  projection: Projection | undefined,
): Generator<Doc | RawDoc> {
  for (const row of rows) {
    if (!projection) {
      yield new RawDoc(row.bytes);
      continue;
    }
    const spot: MatchSpot = {};
    matches(filter, row.doc, spot);
    yield projection(row.doc, spot);
  }
}

/** getMore. */
export const getMore: CommandHandler = ({ server, body, database }) => {
  const id = body.get('getMore');
  const name = body.get('collection');
  if (typeof id !== 'bigint')
    throw new MongoError(14, "BSON field 'getMore.getMore' must be a long");
  return server.cursors.more(id, `${database}.${String(name)}`, countArgument(body, 'batchSize'));
};

/** killCursors. */
export const killCursors: CommandHandler = ({ server, body }) => {
  const ids = body.get('cursors');
  if (!Array.isArray(ids))
    throw new MongoError(14, "BSON field 'killCursors.cursors' must be an array");
  const known = ids.map((id) => typeof id === 'bigint' && server.cursors.kill(id));
  return docOf({
    cursorsKilled: ids.filter((_, at) => known[at]),
    cursorsNotFound: ids.filter((_, at) => !known[at]),
    cursorsAlive: [],
    cursorsUnknown: [],
  });
};

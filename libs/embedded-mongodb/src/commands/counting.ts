import { docOf, type Value } from '../bson/values';
import { refuseCollation } from '../indexes/index-spec';
import { encodeKey } from '../ordering/key-encoding';
import { findRows } from '../query/find-rows';
import { FilterScope, parseFilter } from '../query/parse-filter';
import { splitPath, valuesAt, EMPTY_ARRAY } from '../query/paths';
import { MongoError } from '../errors';
import {
  collectionName,
  type CommandHandler,
  countArgument,
  deadlineOf,
  docArgument,
} from './command-context';
import { variablesOf } from './write-target';

const DISTINCT_BYTES_MAX = 16 * 1024 * 1024;

/** count: without a filter from the stored size, else by running the query. */
export const count: CommandHandler = (context) => {
  const { server, body, database } = context;
  const name = collectionName(context);
  const filter = docArgument(body, 'query') ?? new Map();
  refuseCollation(body.get('collation'));
  const skip = countArgument(body, 'skip') ?? 0;
  const limit = countArgument(body, 'limit') ?? 0;
  const { reader, catalog } = server.store.snapshot();
  try {
    const collection = catalog.find(database, name);
    if (!collection) return docOf({ n: 0 });
    if (filter.size === 0) {
      const all = Math.max(0, server.store.sizeOf(collection).documents - skip);
      return docOf({ n: limit === 0 ? all : Math.min(all, limit) });
    }
    const query = {
      filter: parseFilter(filter, new FilterScope(variablesOf(body))),
      sort: [],
      hint: body.get('hint'),
      skip,
      limit,
      deadline: deadlineOf(body),
    };
    let n = 0;
    for (const row of findRows({ store: server.store, reader, collection }, query))
      n += row ? 1 : 0;
    return docOf({ n });
  } finally {
    reader.close();
  }
};

/** distinct: the values at a path, array elements one by one. */
export const distinct: CommandHandler = (context) => {
  const { server, body, database } = context;
  const name = collectionName(context);
  const key = body.get('key');
  if (typeof key !== 'string' || key === '') {
    throw new MongoError(14, "BSON field 'distinct.key' must be a non-empty string");
  }
  refuseCollation(body.get('collation'));
  const filter = parseFilter(
    docArgument(body, 'query') ?? new Map(),
    new FilterScope(variablesOf(body)),
  );
  const { reader, catalog } = server.store.snapshot();
  try {
    const found = new Map<string, Value>();
    let bytes = 0;
    const collection = catalog.find(database, name);
    const query = { filter, sort: [], hint: body.get('hint'), deadline: deadlineOf(body) };
    const rows = collection ? findRows({ store: server.store, reader, collection }, query) : [];
    for (const row of rows) {
      valuesAt(row.doc, splitPath(key), 0, (value) => {
        if (value === undefined || value === EMPTY_ARRAY) return;
        const encoded = encodeKey(value).toString('latin1');
        if (found.has(encoded)) return;
        found.set(encoded, value);
        bytes += encoded.length;
        if (bytes > DISTINCT_BYTES_MAX) throw new MongoError(17217, 'distinct too big, 16mb cap');
      });
    }
    // In the order of values, which is the order of their keys.
    const values = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
    return docOf({ values });
  } finally {
    reader.close();
  }
};

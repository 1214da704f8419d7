import type { StageSpec } from '../aggregate/pipeline';
import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError, notImplemented } from '../errors';
import { findRows } from '../query/find-rows';
import { parseFilter } from '../query/parse-filter';
import { CollectionWriter } from '../storage/collection-writer';
import { WRITE_READER } from '../storage/reader';
import { withId } from '../update/upsert';
import type { CommandContext } from './command-context';
import { collectionForWrite } from './write-target';

interface MergeOptions {
  database: string;
  collection: string;
  on: string[];
  whenMatched: string;
  whenNotMatched: string;
  replaces: boolean;
}

/** Writes the results of a pipeline that ends in $out or $merge, in one transaction. */
export function writeResults(
  context: CommandContext,
  stage: StageSpec,
  docs: Doc[],
): Promise<void> {
  const options =
    stage.name === '$out'
      ? outOptions(context, stage.operand)
      : mergeOptions(context, stage.operand);
  const { store } = context.server;
  return store.write(() => {
    const old = store.writeCatalog.find(options.database, options.collection);
    if (options.replaces && old) {
      for (const row of findRows(
        { store, reader: WRITE_READER, collection: old },
        { filter: { kind: 'and', of: [] }, sort: [] },
      )) {
        new CollectionWriter(store, old).remove(row);
      }
    }
    for (const doc of docs) mergeOne(context, options, withId(doc));
  });
}

function outOptions({ database }: CommandContext, operand: Value): MergeOptions {
  const collection = isDoc(operand) ? operand.get('coll') : operand;
  const db = isDoc(operand) ? operand.get('db') : database;
  if (typeof collection !== 'string' || typeof db !== 'string') {
    throw new MongoError(16990, '$out only supports a string or object argument');
  }
  if (isDoc(operand) && operand.has('timeseries')) {
    throw notImplemented("$out with 'timeseries' is not supported by this server");
  }
  return {
    database: db,
    collection,
    on: ['_id'],
    whenMatched: 'fail',
    whenNotMatched: 'insert',
    replaces: true,
  };
}

function mergeOptions({ database }: CommandContext, operand: Value): MergeOptions {
  const into = isDoc(operand) ? operand.get('into') : operand;
  const collection = isDoc(into) ? into.get('coll') : into;
  const db = isDoc(into) ? (into.get('db') ?? database) : database;
  if (typeof collection !== 'string' || typeof db !== 'string') {
    throw failedToParse('$merge needs the name of a collection');
  }
  const option = (name: string, fallback: string): string => {
    const value = isDoc(operand) ? operand.get(name) : undefined;
    if (value === undefined) return fallback;
    if (typeof value !== 'string')
      throw notImplemented(`$merge with a pipeline as ${name} is not supported`);
    return value;
  };
  const given = isDoc(operand) ? operand.get('on') : undefined;
  const on = (Array.isArray(given) ? given : [given ?? '_id']).filter(
    (one) => typeof one === 'string',
  );
  return {
    database: db,
    collection,
    on,
    whenMatched: option('whenMatched', 'merge'),
    whenNotMatched: option('whenNotMatched', 'insert'),
    replaces: false,
  };
}

function mergeOne({ server: { store } }: CommandContext, options: MergeOptions, doc: Doc): void {
  const collection = collectionForWrite(store, options.database, options.collection);
  const writer = new CollectionWriter(store, collection);
  const filter = parseFilter(
    docOf(
      Object.fromEntries(options.on.map((name) => [name, docOf({ $eq: doc.get(name) ?? null })])),
    ),
  );
  const [row] = [
    ...findRows({ store, reader: WRITE_READER, collection }, { filter, sort: [], limit: 1 }),
  ];
  if (!row) {
    if (options.whenNotMatched === 'fail') {
      throw new MongoError(
        13113,
        '$merge could not find a matching document in the target collection for at least one document in the source collection',
      );
    }
    if (options.whenNotMatched === 'insert') writer.insert(doc);
    return;
  }
  switch (options.whenMatched) {
    case 'keepExisting':
      return;
    case 'fail':
      return writer.insert(doc);
    case 'replace':
      return writer.replace(row, new Map([...doc, ['_id', row.doc.get('_id') as Value]]));
    default:
      return writer.replace(row, new Map([...row.doc, ...doc]));
  }
}

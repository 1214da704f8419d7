import { display } from '../bson/display';
import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import type { CollectionDefinition, IndexDefinition } from '../indexes/index-definition';
import { indexFromSpec, normaliseSpec, sameIndex } from '../indexes/index-spec';
import { scan } from '../indexes/scan';
import { compareValues } from '../ordering/compare';
import { CollectionWriter } from '../storage/collection-writer';
import { indexPrefix } from '../storage/keys';
import type { MongoStore } from '../storage/mongo-store';
import { WRITE_READER } from '../storage/reader';
import { collectionName, type CommandHandler, countArgument, docArgument } from './command-context';
import { statements } from './insert';
import { collectionForWrite } from './write-target';

const INDEXES_MAX = 64;

/** createIndexes: builds all or none, in one transaction of its own. */
export const createIndexes: CommandHandler = (context) => {
  const { server, body, database } = context;
  const { store } = server;
  const name = collectionName(context);
  const specs = statements(body, 'indexes').map((spec) => {
    if (!isDoc(spec)) throw new MongoError(14, 'an index specification must be an object');
    return normaliseSpec(spec);
  });
  // Alone, because a duplicate found late must undo what was built before it.
  return store.writeAlone(() => {
    const created = store.writeCatalog.find(database, name) === undefined;
    let collection = collectionForWrite(store, database, name);
    const before = collection.indexes.length;
    for (const spec of specs) collection = createIndex(store, collection, spec);
    const after = collection.indexes.length;
    return docOf({
      numIndexesBefore: before,
      numIndexesAfter: after,
      createdCollectionAutomatically: created,
      note: before === after ? 'all indexes already exist' : undefined,
    });
  });
};

function createIndex(
  store: MongoStore,
  collection: CollectionDefinition,
  spec: Doc,
): CollectionDefinition {
  if (exists(collection, spec)) return collection;
  if (collection.indexes.length >= INDEXES_MAX) {
    throw new MongoError(67, `add index fails, too many indexes for ${collection.name}`);
  }
  const index = indexFromSpec(collection.nextIndexId, spec);
  const grown = {
    ...collection,
    indexes: [...collection.indexes, index],
    nextIndexId: collection.nextIndexId + 1,
  };
  store.putCollection(grown);
  const writer = new CollectionWriter(store, grown);
  const source = { store, reader: WRITE_READER, collection: grown };
  for (const row of scan(source, { kind: 'collection', sorted: true, reverse: false })) {
    writer.index(index, row);
  }
  return store.writeCatalog.find(collection.database, collection.name) ?? grown;
}

/** True when the same index is there; one that differs in name or options is refused. */
function exists(collection: CollectionDefinition, spec: Doc): boolean {
  const name = spec.get('name') as string;
  const byName = collection.indexes.find((index) => index.name === name);
  const byKey = collection.indexes.find(
    (index) =>
      sameKey(index.key, spec.get('key') as Doc) &&
      compareValues(
        index.spec.get('partialFilterExpression') ?? null,
        spec.get('partialFilterExpression') ?? null,
      ) === 0,
  );
  if (byKey && sameIndex(byKey.spec, spec)) {
    if (byKey.name === name) return true;
    throw new MongoError(85, `Index already exists with a different name: ${byKey.name}`);
  }
  if (byName) {
    throw new MongoError(
      86,
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${display(spec)}, existing index: ${display(byName.spec)}`,
    );
  }
  if (byKey) {
    throw new MongoError(
      85,
      `An equivalent index already exists with a different name and options. Requested index: ${display(spec)}, existing index: ${display(byKey.spec)}`,
    );
  }
  return false;
}

function sameKey(a: Doc, b: Doc): boolean {
  return compareValues(a, b) === 0;
}

/** listIndexes: 26 when the collection does not exist. */
export const listIndexes: CommandHandler = (context) => {
  const { server, body, database } = context;
  const name = collectionName(context);
  const { reader, catalog } = server.store.snapshot();
  reader.close();
  const collection = catalog.find(database, name);
  if (!collection) throw new MongoError(26, `ns does not exist: ${database}.${name}`);
  const options = docArgument(body, 'cursor');
  return server.cursors.start({
    namespace: `${database}.${name}`,
    items: collection.indexes.map((index) => index.spec),
    batchSize: options && countArgument(options, 'batchSize'),
    close: () => undefined,
  });
};

/** dropIndexes: by name, by key or all; 27 when there is no such index. */
export const dropIndexes: CommandHandler = (context) => {
  const name = collectionName(context);
  const { store } = context.server;
  const wanted = context.body.get('index');
  return store.write(() => {
    const collection = store.writeCatalog.find(context.database, name);
    if (!collection) throw new MongoError(26, `ns not found ${context.database}.${name}`);
    const doomed = chosenIndexes(collection, wanted);
    store.putCollection({
      ...collection,
      indexes: collection.indexes.filter((index) => !doomed.includes(index)),
    });
    for (const index of doomed) store.leaveGarbage(indexPrefix(collection.id, index.id));
    return docOf({ nIndexesWas: collection.indexes.length });
  });
};

function chosenIndexes(
  collection: CollectionDefinition,
  wanted: Value | undefined,
): IndexDefinition[] {
  const others = collection.indexes.filter((index) => index.id !== 0);
  if (wanted === '*') return others;
  const names = Array.isArray(wanted) ? wanted : [wanted];
  return names.map((one) => {
    const found = collection.indexes.find((index) =>
      isDoc(one) ? sameKey(index.key, one) : index.name === one,
    );
    if (!found) {
      const what = isDoc(one)
        ? `can't find index with key: ${display(one)}`
        : `index not found with name [${String(one)}]`;
      throw new MongoError(27, what);
    }
    if (found.id === 0) throw new MongoError(72, 'cannot drop _id index');
    return found;
  });
}

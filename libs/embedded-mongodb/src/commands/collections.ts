import { Binary, type Doc, docOf, isDoc } from '../bson/values';
import { MongoError, notImplemented } from '../errors';
import type { CollectionDefinition } from '../indexes/index-definition';
import { refuseCollation } from '../indexes/index-spec';
import { compareStrings } from '../ordering/compare';
import { matches } from '../query/filter';
import { parseFilter } from '../query/parse-filter';
import {
  collectionName,
  type CommandHandler,
  countArgument,
  docArgument,
  flagArgument,
} from './command-context';
import { checkDatabaseName, collectionForWrite } from './write-target';

const REFUSED_OPTIONS = [
  'capped',
  'viewOn',
  'timeseries',
  'validator',
  'encryptedFields',
  'clusteredIndex',
  'expireAfterSeconds',
];

/** create: 48 when the collection exists with other options. */
export const create: CommandHandler = (context) => {
  const { server, body, database } = context;
  const name = collectionName(context);
  for (const option of REFUSED_OPTIONS) {
    const value = body.get(option);
    const off = value === undefined || value === false || (isDoc(value) && value.size === 0);
    if (!off) throw notImplemented(`create with '${option}' is not supported by this server`);
  }
  refuseCollation(body.get('collation'));
  return server.store.write(() => {
    const existing = server.store.writeCatalog.find(database, name);
    if (!existing) collectionForWrite(server.store, database, name);
    return new Map();
  });
};

/** drop: answers ok for a collection that does not exist, as MongoDB 7 does. */
export const drop: CommandHandler = (context) => {
  const name = collectionName(context);
  const { store } = context.server;
  return store.write(() => {
    const collection = store.writeCatalog.find(context.database, name);
    if (!collection) return new Map();
    store.dropCollection(collection);
    return docOf({ nIndexesWas: collection.indexes.length, ns: `${context.database}.${name}` });
  });
};

/** dropDatabase. */
export const dropDatabase: CommandHandler = ({ server: { store }, database }) =>
  store.write(() => {
    const collections = store.writeCatalog.collectionsOf(database);
    for (const collection of collections) store.dropCollection(collection);
    return docOf({ dropped: collections.length > 0 ? database : undefined });
  });

/** renameCollection. */
export const renameCollection: CommandHandler = ({ server: { store }, body }) => {
  const [from, to] = [body.get('renameCollection'), body.get('to')].map(splitNamespace);
  if (!from || !to) throw new MongoError(73, 'renameCollection needs two namespaces');
  checkDatabaseName(to.database);
  return store.write(() => {
    const source = store.writeCatalog.find(from.database, from.name);
    const target = store.writeCatalog.find(to.database, to.name);
    if (!source)
      throw new MongoError(26, `Source collection ${from.database}.${from.name} does not exist`);
    if (target && !flagArgument(body, 'dropTarget')) {
      throw new MongoError(48, 'target namespace exists');
    }
    if (target) store.dropCollection(target);
    store.renameCollection(source, to.database, to.name);
    return new Map();
  });
};

function splitNamespace(value: unknown): { database: string; name: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const dot = value.indexOf('.');
  return dot > 0 ? { database: value.slice(0, dot), name: value.slice(dot + 1) } : undefined;
}

/** listCollections. */
export const listCollections: CommandHandler = ({ server, body, database }) => {
  const { reader, catalog } = server.store.snapshot();
  reader.close();
  const given = docArgument(body, 'filter');
  const filter = given && parseFilter(given);
  const namesOnly = flagArgument(body, 'nameOnly');
  const items = catalog
    .collectionsOf(database)
    .sort((a, b) => compareStrings(a.name, b.name))
    .map((collection) => (namesOnly ? nameOf(collection) : infoOf(collection)))
    .filter((doc) => !filter || matches(filter, doc));
  const options = docArgument(body, 'cursor');
  return server.cursors.start({
    namespace: `${database}.$cmd.listCollections`,
    items,
    batchSize: options && countArgument(options, 'batchSize'),
    close: () => undefined,
  });
};

function nameOf({ name }: CollectionDefinition): Doc {
  return docOf({ name, type: 'collection' });
}

function infoOf(collection: CollectionDefinition): Doc {
  return docOf({
    name: collection.name,
    type: 'collection',
    options: collection.options,
    info: docOf({ readOnly: false, uuid: new Binary(collection.uuid, 4) }),
    idIndex: collection.indexes[0]?.spec,
  });
}

/** listDatabases. */
export const listDatabases: CommandHandler = ({ server, body }) => {
  const { reader, catalog } = server.store.snapshot();
  reader.close();
  const sizes = new Map<string, number>();
  for (const collection of catalog.collections()) {
    const before = sizes.get(collection.database) ?? 0;
    sizes.set(collection.database, before + server.store.sizeOf(collection).bytes);
  }
  const given = docArgument(body, 'filter');
  const filter = given && parseFilter(given);
  const namesOnly = flagArgument(body, 'nameOnly');
  const databases = [...sizes]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([name, bytes]) =>
      namesOnly ? docOf({ name }) : docOf({ name, sizeOnDisk: BigInt(bytes), empty: false }),
    )
    .filter((doc) => !filter || matches(filter, doc));
  const totalSize = [...sizes.values()].reduce((total, bytes) => total + bytes, 0);
  return docOf({ databases, totalSize: namesOnly ? undefined : BigInt(totalSize) });
};

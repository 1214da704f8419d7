import { BsonDate, type Doc, docOf, Double, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError, notImplemented, typeMismatch } from '../errors';
import type { Catalog } from '../storage/catalog';
import type { MongoStore } from '../storage/mongo-store';
import { collectionName, type CommandHandler, countArgument } from './command-context';

/** One state of the collections and their sizes. */
interface Sizes {
  readonly store: MongoStore;
  readonly catalog: Catalog;
  readonly database: string;
}

/** collStats. */
export const collStats: CommandHandler = (context) => {
  const { server, database, body } = context;
  const name = collectionName(context);
  const { reader, catalog } = server.store.snapshot();
  reader.close();
  const stats = storageStats({ store: server.store, catalog, database }, name, scaleOf(body));
  return new Map<string, Value>([['ns', `${database}.${name}`], ...stats]);
};

/** The one document of the stage $collStats; 238 for what is not measured. */
export function collStatsDoc(sizes: Sizes, name: string, asked: Value): Doc {
  if (!isDoc(asked)) throw typeMismatch('$collStats must take a nested object');
  const shown = docOf({
    ns: `${sizes.database}.${name}`,
    host: 'embedded-mongodb',
    localTime: new BsonDate(BigInt(Date.now())),
  });
  for (const [part, options] of asked) {
    if (!isDoc(options)) throw typeMismatch(`$collStats.${part} must be an object`);
    if (part === 'storageStats') shown.set(part, storageStats(sizes, name, scaleOf(options)));
    else if (part === 'count') shown.set(part, storageStats(sizes, name, 1).get('count') as Value);
    else if (part === 'latencyStats' || part === 'queryExecStats') {
      throw notImplemented(`$collStats with '${part}' is not supported by this server`);
    } else throw failedToParse(`BSON field '$collStats.${part}' is an unknown field.`);
  }
  return shown;
}

/** Of an absent collection zeros, as in MongoDB. What indexes take is not known, so not told. */
function storageStats({ store, catalog, database }: Sizes, name: string, scale: number): Doc {
  const collection = catalog.find(database, name);
  const size = collection ? store.sizeOf(collection) : { documents: 0, bytes: 0 };
  const scaled = BigInt(Math.floor(size.bytes / scale));
  const average = size.documents > 0 ? Math.floor(size.bytes / size.documents) : undefined;
  return docOf({
    size: scaled,
    count: BigInt(size.documents),
    avgObjSize: average === undefined ? undefined : new Double(average),
    storageSize: scaled,
    totalSize: scaled,
    nindexes: collection?.indexes.length ?? 0,
    capped: false,
    scaleFactor: scale,
  });
}

/** dbStats. */
export const dbStats: CommandHandler = ({ server, database, body }) => {
  const scale = scaleOf(body);
  const { reader, catalog } = server.store.snapshot();
  reader.close();
  const collections = catalog.collectionsOf(database);
  const sizes = collections.map((collection) => server.store.sizeOf(collection));
  const objects = sizes.reduce((total, size) => total + size.documents, 0);
  const dataSize = sizes.reduce((total, size) => total + size.bytes, 0);
  return docOf({
    db: database,
    collections: BigInt(collections.length),
    views: 0n,
    objects: BigInt(objects),
    avgObjSize: new Double(objects > 0 ? dataSize / objects : 0),
    dataSize: new Double(dataSize / scale),
    storageSize: new Double(dataSize / scale),
    indexes: BigInt(collections.reduce((total, { indexes }) => total + indexes.length, 0)),
    scaleFactor: BigInt(scale),
  });
};

/** In how many bytes sizes are told. */
function scaleOf(body: Doc): number {
  const scale = countArgument(body, 'scale') ?? 1;
  if (scale >= 1) return scale;
  throw new MongoError(51024, `BSON field 'scale' value must be >= 1, actual value '${scale}'`);
}

import { Double, docOf } from '../bson/values';
import { collectionName, type CommandHandler } from './command-context';

/** collStats. */
export const collStats: CommandHandler = (context) => {
  const { server, database } = context;
  const name = collectionName(context);
  const { reader, catalog } = server.store.snapshot();
  reader.close();
  const collection = catalog.find(database, name);
  const size = collection ? server.store.sizeOf(collection) : { documents: 0, bytes: 0 };
  const average = size.documents > 0 ? size.bytes / size.documents : 0;
  return docOf({
    ns: `${database}.${name}`,
    size: BigInt(size.bytes),
    count: BigInt(size.documents),
    avgObjSize: size.documents > 0 ? new Double(Math.floor(average)) : undefined,
    storageSize: BigInt(size.bytes),
    nindexes: collection?.indexes.length ?? 0,
    capped: false,
  });
};

/** dbStats. */
export const dbStats: CommandHandler = ({ server, database }) => {
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
    dataSize: new Double(dataSize),
    storageSize: new Double(dataSize),
    indexes: BigInt(collections.reduce((total, { indexes }) => total + indexes.length, 0)),
  });
};

import { decodeDoc } from '../bson/decode';
import { encodeDoc } from '../bson/encode';
import { Binary, type Doc, docOf, isDoc, type Value } from '../bson/values';
import {
  type CollectionDefinition,
  type IndexDefinition,
  namespaceOf,
} from '../indexes/index-definition';
import { indexFromSpec } from '../indexes/index-spec';

/** All collections at one moment. Never changed in place: a change makes the next one. */
export class Catalog {
  constructor(
    readonly version: number,
    readonly nextCollectionId: number,
    private readonly byNamespace: ReadonlyMap<string, CollectionDefinition>,
  ) {}

  static readonly empty = new Catalog(0, 1, new Map());

  find(database: string, name: string): CollectionDefinition | undefined {
    return this.byNamespace.get(`${database}.${name}`);
  }

  collections(): IterableIterator<CollectionDefinition> {
    return this.byNamespace.values();
  }

  collectionsOf(database: string): CollectionDefinition[] {
    return [...this.byNamespace.values()].filter((one) => one.database === database);
  }

  get size(): number {
    return this.byNamespace.size;
  }

  /** The next catalog, with the collection added or replaced. */
  with(collection: CollectionDefinition): Catalog {
    const next = new Map(this.byNamespace).set(namespaceOf(collection), collection);
    const nextId = Math.max(this.nextCollectionId, collection.id + 1);
    return new Catalog(this.version + 1, nextId, next);
  }

  /** The next catalog, without the collection. */
  without(collection: CollectionDefinition): Catalog {
    const next = new Map(this.byNamespace);
    next.delete(namespaceOf(collection));
    return new Catalog(this.version + 1, this.nextCollectionId, next);
  }
}

/** A collection as it is stored. */
export function encodeCollection(collection: CollectionDefinition): Buffer {
  return encodeDoc(
    docOf({
      id: collection.id,
      database: collection.database,
      name: collection.name,
      options: collection.options,
      uuid: new Binary(collection.uuid, 4),
      nextIndexId: collection.nextIndexId,
      indexes: collection.indexes.map((index) =>
        docOf({
          id: index.id,
          spec: index.spec,
          multikey: [...index.multikey],
          cutKeys: index.cutKeys,
        }),
      ),
    }),
  );
}

/** The inverse of `encodeCollection`. */
export function decodeCollection(bytes: Buffer): CollectionDefinition {
  const doc = decodeDoc(bytes);
  return {
    id: doc.get('id') as number,
    database: doc.get('database') as string,
    name: doc.get('name') as string,
    options: doc.get('options') as Doc,
    uuid: Buffer.from((doc.get('uuid') as Binary).bytes),
    nextIndexId: doc.get('nextIndexId') as number,
    indexes: (doc.get('indexes') as Value[]).filter(isDoc).map(decodeIndex),
  };
}

function decodeIndex(doc: Doc): IndexDefinition {
  return {
    ...indexFromSpec(doc.get('id') as number, doc.get('spec') as Doc),
    multikey: doc.get('multikey') as boolean[],
    cutKeys: doc.get('cutKeys') as boolean,
  };
}

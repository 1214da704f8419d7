import type { Doc } from '../bson/values';
import type { Filter } from '../query/filter';
import type { Path } from '../query/paths';

/** One field of an index. */
export interface IndexField {
  readonly name: string;
  readonly path: Path;
  readonly descending: boolean;
}

/** An index as the catalog holds it. */
export interface IndexDefinition {
  /** Number within its collection; never used again after a drop. */
  readonly id: number;
  readonly name: string;
  /** The key pattern as the client gave it. */
  readonly key: Doc;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partial: Filter | undefined;
  /** Everything that listIndexes answers. */
  readonly spec: Doc;
  /** Which fields ever led through an array: their bounds cannot be combined. */
  readonly multikey: readonly boolean[];
  /** A key was too long and cut: the order within the index is no longer exact. */
  readonly cutKeys: boolean;
}

/** A collection as the catalog holds it. */
export interface CollectionDefinition {
  readonly id: number;
  readonly database: string;
  readonly name: string;
  readonly options: Doc;
  readonly uuid: Buffer;
  readonly indexes: readonly IndexDefinition[];
  readonly nextIndexId: number;
}

/** `database.collection`. */
export function namespaceOf(collection: { database: string; name: string }): string {
  return `${collection.database}.${collection.name}`;
}

import { randomBytes } from 'node:crypto';
import type { Variables } from '../aggregate/context';
import { compileExpression } from '../aggregate/expression';
import { BsonDate, type Doc, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { ID_INDEX_SPEC, indexFromSpec } from '../indexes/index-spec';
import type { CollectionDefinition } from '../indexes/index-definition';
import type { MongoStore } from '../storage/mongo-store';

const COLLECTIONS_MAX = 10_000;

/** A new uuid of a collection. */
function newUuid(): Buffer {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes;
}

/** Refuses database names that MongoDB refuses, with 73. */
export function checkDatabaseName(name: string): void {
  if (name === '' || name.length > 63 || /[/\\. "$\0]/.test(name)) {
    throw new MongoError(73, `Invalid database name: '${name}'`);
  }
}

/** The collection for a write, made when it is missing; within a write transaction. */
export function collectionForWrite(
  store: MongoStore,
  database: string,
  name: string,
  options: Doc = new Map(),
): CollectionDefinition {
  const found = store.writeCatalog.find(database, name);
  if (found) return found;
  checkDatabaseName(database);
  if (store.writeCatalog.size >= COLLECTIONS_MAX) {
    throw new MongoError(146, `too many collections, the limit is ${COLLECTIONS_MAX}`);
  }
  const made: CollectionDefinition = {
    id: store.writeCatalog.nextCollectionId,
    database,
    name,
    options,
    uuid: newUuid(),
    indexes: [indexFromSpec(0, ID_INDEX_SPEC)],
    nextIndexId: 1,
  };
  store.putCollection(made);
  return made;
}

/** The variables of a command's `let`, and the time. */
export function variablesOf(body: Doc): Variables {
  const variables = new Map<string, Value | undefined>([['NOW', new BsonDate(BigInt(Date.now()))]]);
  const lets = body.get('let');
  if (!isDoc(lets)) return variables;
  const empty: Doc = new Map();
  for (const [name, value] of lets) {
    const expression = compileExpression(value, variables);
    variables.set(name, expression({ root: empty, current: empty, variables }));
  }
  return variables;
}

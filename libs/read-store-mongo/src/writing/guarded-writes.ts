import type { Collection, Document, Filter, OptionalUnlessRequiredId } from 'mongodb';
import { duplicatesOf } from './duplicate-key';

/** Inserts what is not there yet. What is there is the same: points are functions of the log. */
export async function insertPoints<Point extends Document>(
  collection: Collection<Point>,
  points: readonly Point[],
): Promise<void> {
  if (points.length === 0) return;
  try {
    await collection.insertMany(points as OptionalUnlessRequiredId<Point>[], { ordered: false });
  } catch (error) {
    duplicatesOf(error);
  }
}

/** A document to be written over exactly the one that was read. */
export interface GuardedChange {
  readonly before: Document | undefined;
  readonly after: Document;
}

/**
 * Writes each document only if what is stored still has the guarding fields of the one read (or
 * is absent still). Gives false when some were not so: those were left as they are, and
 * must be read again.
 */
export async function writeGuarded(
  collection: Collection<Document>,
  changes: readonly GuardedChange[],
  guard: readonly string[],
): Promise<boolean> {
  const created = changes.flatMap(({ before, after }) => (before ? [] : [after]));
  const replaced = changes.flatMap(({ before, after }) => (before ? [{ before, after }] : []));
  const [inserted, matched] = await Promise.all([
    insertNew(collection, created),
    replaceExact(collection, replaced, guard),
  ]);
  return inserted && matched;
}

async function insertNew(collection: Collection, created: readonly Document[]): Promise<boolean> {
  if (created.length === 0) return true;
  try {
    await collection.insertMany([...created], { ordered: false });
    return true;
  } catch (error) {
    duplicatesOf(error);
    return false;
  }
}

async function replaceExact(
  collection: Collection,
  replaced: readonly { readonly before: Document; readonly after: Document }[],
  guard: readonly string[],
): Promise<boolean> {
  if (replaced.length === 0) return true;
  const operations = replaced.map(({ before, after }) => ({
    replaceOne: { filter: guardOf(before, guard), replacement: after },
  }));
  const result = await collection.bulkWrite(operations, { ordered: false });
  return result.matchedCount === replaced.length;
}

const guardOf = (before: Document, guard: readonly string[]): Filter<Document> =>
  Object.fromEntries(['_id', ...guard].map((field) => [field, before[field]]));

import type { Db, Document } from 'mongodb';
import { insertAbsent, replaceFound, type Replacement } from './write-commands';

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
  db: Db,
  collection: string,
  changes: readonly GuardedChange[],
  guard: readonly string[],
): Promise<boolean> {
  const created: Document[] = [];
  const replaced: Replacement[] = [];
  for (const { before, after } of changes) {
    if (before) replaced.push({ filter: guardOf(before, guard), document: after });
    else created.push(after);
  }
  const [inserted, matched] = await Promise.all([
    insertAbsent(db, collection, created),
    replaceFound(db, collection, replaced),
  ]);
  return inserted === created.length && matched === replaced.length;
}

function guardOf(before: Document, guard: readonly string[]): Document {
  const filter: Document = { _id: before['_id'] as unknown };
  for (const field of guard) filter[field] = before[field];
  return filter;
}

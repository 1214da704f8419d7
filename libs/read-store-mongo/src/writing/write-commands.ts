import { MongoServerError, type Db, type Document } from 'mongodb';
import { DUPLICATE_KEY } from './duplicate-key';
import { statementsOf } from './statements';

const durable = { w: 'majority', j: true };

/** A command inherits nothing from the connection's options. */
const options = { ignoreUndefined: true };

interface WriteAnswer {
  readonly n: number;
  readonly writeErrors?: readonly { readonly code: number; readonly errmsg?: string }[];
  readonly writeConcernError?: { readonly code: number; readonly errmsg?: string };
}

/** How many operations took effect; the others found their key taken or nothing to replace. */
export type Done = Promise<number>;

/**
 * Inserts documents, leaving alone those whose key is taken; durable on a majority when it resolves.
 * Speaks the server's command itself: the driver's bulk API measures and writes each document
 * twice, which is a tenth of a projector's time. Trying again is the runner's business.
 */
export const insertAbsent = (db: Db, collection: string, documents: readonly Document[]): Done =>
  inChunks(db, 'insert', collection, 'documents', documents);

/** A document to write over the one that a filter finds. */
export interface Replacement {
  readonly filter: Document;
  readonly document: Document;
}

/** Replaces documents where the filter finds one; durable on a majority when it resolves. */
export const replaceFound = (
  db: Db,
  collection: string,
  replacements: readonly Replacement[],
): Done => {
  const updates = replacements.map(({ filter: q, document: u }) => ({ q, u }));
  return inChunks(db, 'update', collection, 'updates', updates);
};

async function inChunks(
  db: Db,
  command: 'insert' | 'update',
  collection: string,
  field: string,
  statements: readonly Document[],
): Done {
  let done = 0;
  for (const chunk of statementsOf(field, statements)) {
    const answer = (await db.command(
      { [command]: collection, [field]: chunk, ordered: false, writeConcern: durable },
      options,
    )) as WriteAnswer;
    const { writeErrors = [], writeConcernError } = answer;
    const failure = writeErrors.find(({ code }) => code !== DUPLICATE_KEY) ?? writeConcernError;
    if (failure) throw new MongoServerError({ ...failure, message: failure.errmsg ?? '' });
    done += Number(answer.n);
  }
  return done;
}

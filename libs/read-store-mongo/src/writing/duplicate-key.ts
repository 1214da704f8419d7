import { MongoBulkWriteError, MongoServerError } from 'mongodb';

/** The server's code for a key that is taken. */
export const DUPLICATE_KEY = 11000;

/** True for the server's "a document with this key exists". */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

/**
 * The indexes of the operations of an unordered bulk write that found their key taken. Throws the
 * error again when it is, or holds, any other: then nobody knows what is durable.
 */
export function duplicatesOf(error: unknown): readonly number[] {
  if (!(error instanceof MongoBulkWriteError) || error.err) throw error;
  const failures = [error.writeErrors].flat();
  if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
  return failures.map(({ index }) => index);
}

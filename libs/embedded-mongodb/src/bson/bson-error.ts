/** The bytes are not a BSON document: bad length, type, nesting or terminator. */
export class BsonError extends Error {
  override readonly name = 'BsonError';
}

/** Deepest nesting that is stored or compared, as in MongoDB. */
export const DEPTH_MAX = 180;

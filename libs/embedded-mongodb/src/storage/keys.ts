/** Number of a document within its collection; ascending in order of insertion. */
export type RecordId = number;

/** Where a document is stored. */
export function documentKey(collectionId: number, recordId: RecordId): Buffer {
  const key = Buffer.alloc(10);
  key.writeUInt32BE(collectionId, 0);
  key.writeUIntBE(recordId, 4, 6);
  return key;
}

/** The record id at the end of a document's key. */
export function recordIdOfKey(key: Buffer): RecordId {
  return key.readUIntBE(4, 6);
}

/** The beginning of every key of one collection. */
export function collectionPrefix(collectionId: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(collectionId, 0);
  return key;
}

/** The beginning of every key of one index. */
export function indexPrefix(collectionId: number, indexId: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeUInt32BE(collectionId, 0);
  key.writeUInt32BE(indexId, 4);
  return key;
}

/** Where an index entry is stored: a record id makes the key of an index that is not unique one. */
export function entryKey(
  collectionId: number,
  index: { readonly id: number; readonly unique: boolean },
  key: Buffer,
  recordId: RecordId,
): Buffer {
  const bytes = Buffer.allocUnsafe(8 + key.length + (index.unique ? 0 : 6));
  bytes.writeUInt32BE(collectionId, 0);
  bytes.writeUInt32BE(index.id, 4);
  key.copy(bytes, 8);
  if (!index.unique) bytes.writeUIntBE(recordId, 8 + key.length, 6);
  return bytes;
}

// Of their own ArrayBuffers: LMDB remembers where those are, and copies what it is given.
const sharedKey = Buffer.from(new ArrayBuffer(10));
const sharedRecordId = Buffer.from(new ArrayBuffer(6));

/** As `documentKey`, in a buffer that is valid until the next call. */
export function documentKeyForNow(collectionId: number, recordId: RecordId): Buffer {
  sharedKey.writeUInt32BE(collectionId, 0);
  sharedKey.writeUIntBE(recordId, 4, 6);
  return sharedKey;
}

/**
 * A record id as an index stores it, as its value and behind a key that need not be unique, in a
 * buffer that is valid until the next call.
 */
export function recordIdForNow(recordId: RecordId): Buffer {
  sharedRecordId.writeUIntBE(recordId, 0, 6);
  return sharedRecordId;
}

/** The inverse of `recordIdForNow`. */
export function recordIdFromBytes(bytes: Buffer): RecordId {
  return bytes.readUIntBE(0, 6);
}

/** The first key behind all keys that begin with a prefix. */
export function afterPrefix(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  for (let at = end.length - 1; at >= 0; at--) {
    if (end[at] !== 0xff) {
      end[at] = (end[at] as number) + 1;
      return end.subarray(0, at + 1);
    }
  }
  return Buffer.alloc(prefix.length + 1, 0xff);
}

import { createHash } from 'node:crypto';

/*
 * What the LMDB databases hold. Numbers are big-endian; u48 holds positions, revisions and stream
 * numbers.
 *
 *   log       position of the block's first event (u48) → block of events (stored-event.ts)
 *   streams   name (UTF-8; longer ones 0xff and their SHA-256) → stream record (stream-record.ts)
 *   index     stream number (u48), revision / 16 (u48) → 16 places of events; a place is the key of
 *             the block (u48) and the event's index in it (u16)
 *   state     'head' → next position, next stream number, events written, clock, and how far of the
 *             log the records of streams are saved (log-head.ts)
 *
 * A group commit writes its events into blocks of about 8 KB, so that one put stores many events
 * and one get reads them. The places of a stream's newest events (up to 15) lie in its record and
 * move into the index 16 at a time: the last events of a stream are found at a cost that does not
 * depend on how many there are. Records are saved long after their events (unsaved-records.ts) and
 * made again from the log when a store was not closed (replay.ts). Nothing is kept in memory but
 * bounded caches.
 *
 * Positions are those of the original: the offset its own log would give the event (`logBytes`),
 * so they are sparse, grow by what is written, and any client code that expects such numbers keeps
 * working.
 */
export const storeFormats = {
  format: 'embedded-kurrentdb 4',
  /** Its events have no sums. */
  olderFormats: ['embedded-kurrentdb 3'],
};

/** Events a block should hold at most, in bytes; one larger event has a block of its own. */
export const blockBytes = 8 * 1024 - 16;

/** Places that one index entry holds. */
export const chunkPlaces = 16;
export const placeBytes = 8;

/**
 * Where the first event of a new store lies, its epoch: so that the first event of a client has the
 * position that the original gives it, behind what it writes into its own log first.
 */
export const firstPosition = 1_754;

const nameKeyBytesMax = 500;

/** The first byte of the keys of longer names, which no text in UTF-8 has. */
export const longNameKey = 0xff;

/**
 * The original's size of a record in its log: a fixed part, two length-prefixed names, the
 * payload.
 */
export function logBytes(
  nameBytes: number,
  typeBytes: number,
  dataBytes: number,
  metadataBytes: number,
): number {
  const names = prefixed(nameBytes) + prefixed(typeBytes);
  return 88 + names + dataBytes + metadataBytes;
}

function prefixed(bytes: number): number {
  return bytes + (bytes < 128 ? 1 : bytes < 16_384 ? 2 : 3);
}

/** Key of a stream's record. */
export function streamKey(name: Buffer): Buffer {
  if (name.length <= nameKeyBytesMax) return name;
  return Buffer.concat([Buffer.from([longNameKey]), createHash('sha256').update(name).digest()]);
}

/** Key of a block; the returned buffer is fresh. */
export function blockKey(position: number): Buffer {
  const key = Buffer.alloc(6);
  key.writeUIntBE(position, 0, 6);
  return key;
}

/** Key of an index entry; the returned buffer is fresh. */
export function chunkKey(streamNumber: number, chunk: number): Buffer {
  const key = Buffer.alloc(12);
  key.writeUIntBE(streamNumber, 0, 6);
  key.writeUIntBE(chunk, 6, 6);
  return key;
}

import { chunkPlaces, placeBytes } from './layout';
import { deletedTruncateBefore, type StreamLimits } from './stream-metadata';

/** Where an event lies: the key of its block and which of the block's events it is. */
export interface Place {
  readonly block: number;
  readonly index: number;
}

const headerBytes = 48;
const tombstonedFlag = 1;
const metadataFlag = 2;

/** What is known of one stream; also the form in which it is stored. */
export class StreamRecord {
  lastRevision = -1;
  tombstoned = false;
  /** Something was written to the stream's metadata stream. */
  hasMetadata = false;
  limits: StreamLimits = {};
  /** Places of the events since the last full index entry, eight bytes each. */
  tail: Buffer = Buffer.alloc(chunkPlaces * placeBytes);

  constructor(
    readonly name: Buffer,
    readonly number: number,
  ) {}

  get softDeleted(): boolean {
    return (
      this.limits.truncateBefore !== undefined &&
      this.limits.truncateBefore >= deletedTruncateBefore
    );
  }

  /** The chunk that the next event belongs to, and so the one whose places are in `tail`. */
  get tailChunk(): number {
    return Math.floor((this.lastRevision + 1) / chunkPlaces);
  }

  get tailPlaces(): number {
    return (this.lastRevision + 1) % chunkPlaces;
  }

  /** The oldest revision that limits other than age leave readable. */
  get firstRevision(): number {
    const { maxCount, truncateBefore } = this.limits;
    const byCount = maxCount === undefined ? 0 : this.lastRevision - maxCount + 1;
    return Math.max(0, byCount, truncateBefore ?? 0);
  }

  encode(): Buffer {
    // The place behind the last one is that of the tombstone's own event.
    const tailBytes = (this.tailPlaces + (this.tombstoned ? 1 : 0)) * placeBytes;
    const bytes = Buffer.alloc(headerBytes + tailBytes);
    bytes.writeUIntBE(this.number, 0, 6);
    bytes[6] = (this.tombstoned ? tombstonedFlag : 0) | (this.hasMetadata ? metadataFlag : 0);
    bytes.writeDoubleBE(this.lastRevision, 8);
    bytes.writeDoubleBE(this.limits.maxCount ?? NaN, 16);
    bytes.writeDoubleBE(this.limits.maxAgeSeconds ?? NaN, 24);
    bytes.writeDoubleBE(this.limits.truncateBefore ?? NaN, 32);
    this.tail.copy(bytes, headerBytes, 0, tailBytes);
    return bytes;
  }

  /** Decodes a stored record; the bytes are copied. */
  static decode(name: Buffer, bytes: Buffer, length: number): StreamRecord {
    const record = new StreamRecord(name, bytes.readUIntBE(0, 6));
    const flags = bytes[6]!;
    record.tombstoned = (flags & tombstonedFlag) !== 0;
    record.hasMetadata = (flags & metadataFlag) !== 0;
    record.lastRevision = bytes.readDoubleBE(8);
    record.limits = {
      maxCount: optional(bytes.readDoubleBE(16)),
      maxAgeSeconds: optional(bytes.readDoubleBE(24)),
      truncateBefore: optional(bytes.readDoubleBE(32)),
    };
    bytes.copy(record.tail, 0, headerBytes, length);
    return record;
  }
}

function optional(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

const scavengedBlock = 0xffffffffffff;

/** Writes a place into a list of places. */
export function putPlace(list: Buffer, index: number, place: Place | undefined): void {
  list.writeUIntBE(place ? place.block : scavengedBlock, index * placeBytes, 6);
  list.writeUInt16BE(place ? place.index : 0xffff, index * placeBytes + 6);
}

/** Reads a place; undefined for an event that was scavenged. */
export function getPlace(list: Buffer, index: number): Place | undefined {
  const block = list.readUIntBE(index * placeBytes, 6);
  if (block === scavengedBlock) return undefined;
  return { block, index: list.readUInt16BE(index * placeBytes + 6) };
}

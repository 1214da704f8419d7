import { chunkPlaces, placeBytes } from './layout';
import {
  deletedTruncateBefore,
  metadataLimits,
  noLimits,
  type StreamLimits,
} from './stream-metadata';
import { isMetadataStream, nameBytes } from './stream-name';

/** Where an event lies: the key of its block and which of the block's events it is. */
export interface Place {
  readonly block: number;
  readonly index: number;
}

const headerBytes = 48;
const tailBytesMax = chunkPlaces * placeBytes;
/** What a stored record takes at most. */
export const streamRecordBytesMax = headerBytes + tailBytesMax;
const tombstonedFlag = 1;
const metadataFlag = 2;

// Most streams have one event: a buffer for each one's tail would be more than all else of it.
const slabBytes = 512 * tailBytesMax;
let slab = Buffer.alloc(slabBytes);
let slabUsed = 0;

/** Takes room for one tail of `slab`. */
function takeTail(): number {
  if (slabUsed === slabBytes) {
    slab = Buffer.alloc(slabBytes);
    slabUsed = 0;
  }
  slabUsed += tailBytesMax;
  return slabUsed - tailBytesMax;
}

/** What is known of one stream; also the form in which it is stored. */
export class StreamRecord {
  lastRevision = -1;
  tombstoned = false;
  /** Something was written to the stream's metadata stream. */
  hasMetadata = false;
  limits: StreamLimits;
  /** It was changed by the running group. */
  changed = false;
  /** Memory that has, from `tailAt` on, room for the places since the last full index entry. */
  private readonly memory: Buffer;
  private readonly tailAt: number;
  /** Whether it holds the metadata of another stream. */
  readonly holdsMetadata: boolean;

  constructor(
    /** Its name as a key of maps (stream-name.ts). */
    readonly key: string,
    /** Short for the name; 0 until it is known. */
    public number: number,
  ) {
    this.tailAt = takeTail();
    this.memory = slab;
    this.holdsMetadata = isMetadataStream(key);
    this.limits = this.holdsMetadata ? metadataLimits : noLimits;
  }

  get name(): Buffer {
    return nameBytes(this.key);
  }

  /** Places of the events since the last full index entry; only those that were put are any. */
  get tail(): Buffer {
    return this.memory.subarray(this.tailAt, this.tailAt + tailBytesMax);
  }

  /** Where the event lies that is so many behind the last full index entry. */
  placeInTail(index: number): Place | undefined {
    return getPlace(this.memory, this.tailAt / placeBytes + index);
  }

  putInTail(index: number, place: Place): void {
    putPlace(this.memory, this.tailAt / placeBytes + index, place);
  }

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

  /** Writes the stored form and returns its end; see `streamRecordBytesMax`. */
  encode(target: Buffer, at: number): number {
    // The place behind the last one is that of the tombstone's own event.
    const tailBytes = (this.tailPlaces + (this.tombstoned ? 1 : 0)) * placeBytes;
    target.writeUIntBE(this.number, at, 6);
    const flags = (this.tombstoned ? tombstonedFlag : 0) | (this.hasMetadata ? metadataFlag : 0);
    target.writeUInt16BE(flags << 8, at + 6);
    target.writeDoubleBE(this.lastRevision, at + 8);
    target.writeDoubleBE(this.limits.maxCount ?? NaN, at + 16);
    target.writeDoubleBE(this.limits.maxAgeSeconds ?? NaN, at + 24);
    target.writeDoubleBE(this.limits.truncateBefore ?? NaN, at + 32);
    target.writeDoubleBE(0, at + 40);
    const tail = at + headerBytes;
    const { memory, tailAt } = this;
    for (let i = 0; i < tailBytes; i++) target[tail + i] = memory[tailAt + i]!;
    return tail + tailBytes;
  }

  /** Decodes a stored record; the bytes are copied. */
  static decode(key: string, bytes: Buffer, length: number): StreamRecord {
    const record = new StreamRecord(key, bytes.readUIntBE(0, 6));
    const flags = bytes[6]!;
    record.tombstoned = (flags & tombstonedFlag) !== 0;
    record.hasMetadata = (flags & metadataFlag) !== 0;
    record.lastRevision = bytes.readDoubleBE(8);
    record.limits = {
      maxCount: optional(bytes.readDoubleBE(16)),
      maxAgeSeconds: optional(bytes.readDoubleBE(24)),
      truncateBefore: optional(bytes.readDoubleBE(32)),
    };
    const { memory, tailAt } = record;
    for (let i = headerBytes; i < length; i++) memory[tailAt + i - headerBytes] = bytes[i]!;
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

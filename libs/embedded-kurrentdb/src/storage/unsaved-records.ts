import { FrontSorted } from './front-sorted';
import { streamRecordBytesMax, type StreamRecord } from './stream-record';

/** What of the log a start replays is at most about twice that, in bytes of positions. */
export const generationBytesDefault = 16 * 1024 * 1024;
/** Records that are put at once, so that neighbours share pages. */
const sliceMin = 256;

/** Puts a record in its stored form into the database of streams. */
export type PutRecord = (key: string, record: Buffer) => void;

/**
 * Committed records of streams that are not in their database yet. The log alone makes them durable:
 * a start replays what came after `savedTo`. They are put a generation at a time and in the order of
 * their keys: so thousands of appends to streams anywhere in the tree write each of its pages once,
 * where each append would write its own.
 */
export class UnsavedRecords {
  private young = new Generation();
  /** Closed at `oldEnd`, and being put slice by slice. */
  private old = new Generation();
  private oldKeys = new FrontSorted([]);
  private put = 0;
  private due = 0;
  private oldEnd: number;
  /** What the running group changed; readers see it when it is committed. */
  private readonly changed: StreamRecord[] = [];
  private readonly changedAt: number[] = [];
  private allSaved = false;

  constructor(
    /** Every record is in the database with what was written to its stream before this position. */
    public savedTo: number,
    private readonly generationBytes = generationBytesDefault,
  ) {
    this.oldEnd = savedTo;
  }

  /** The stream's committed record in its stored form, unless the database has it. */
  get(key: string): Buffer | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** The streams whose record is here. */
  get keys(): Set<string> {
    return new Set([...this.old.places.keys(), ...this.young.places.keys()]);
  }

  /** Takes a record that is committed: one that a start replayed. */
  add(record: StreamRecord): void {
    this.young.places.set(record.key, this.young.write(record));
  }

  /** Takes a record that the running group changed, as it is at the group's end. */
  change(record: StreamRecord): void {
    this.changed.push(record);
    this.changedAt.push(this.young.write(record));
  }

  /** Puts the record that `change` took last; inside the transaction. */
  putLast(put: PutRecord): void {
    const last = this.changed.length - 1;
    put(this.changed[last]!.key, this.young.at(this.changedAt[last]!));
  }

  /** Puts what is due now that the log has grown by so many bytes; inside the transaction. */
  save(bytes: number, put: PutRecord): void {
    const { oldKeys } = this;
    const left = oldKeys.length - this.put;
    if (left === 0) return;
    // Twice as fast as the next generation grows.
    this.due += (2 * oldKeys.length * bytes) / this.generationBytes;
    if (this.due < Math.min(sliceMin, left)) return;
    const end = Math.min(oldKeys.length, this.put + Math.ceil(this.due));
    for (const key of oldKeys.slice(this.put, end)) put(key, this.old.get(key)!);
    this.put = end;
    this.due = 0;
    if (end === oldKeys.length) this.savedTo = this.oldEnd;
  }

  /** Puts all there is, as the log ends there; inside the transaction. */
  saveAll(end: number, put: PutRecord): void {
    const keys = this.keys;
    for (const { key } of this.changed) keys.delete(key);
    for (const key of [...keys].sort()) put(key, this.get(key)!);
    this.changed.forEach(({ key }, i) => put(key, this.young.at(this.changedAt[i]!)));
    this.allSaved = true;
    this.savedTo = end;
  }

  /** The group is durable and the log ends there. */
  committed(end: number): void {
    for (let i = 0; i < this.changed.length; i++) {
      this.young.places.set(this.changed[i]!.key, this.changedAt[i]!);
    }
    this.changed.length = this.changedAt.length = 0;
    if (this.allSaved) this.young.clear();
    if (this.allSaved || this.put === this.oldKeys.length) this.old.clear();
    else return;
    if (this.allSaved || end - this.oldEnd >= this.generationBytes) this.close(end);
    this.allSaved = false;
  }

  private close(end: number): void {
    [this.old, this.young] = [this.young, this.old];
    this.oldKeys = new FrontSorted([...this.old.places.keys()]);
    this.put = 0;
    this.due = 0;
    this.oldEnd = end;
  }
}

const chunkBytes = 256 * 1024;
const chunksKept = 64;

/** Records in their stored form, in memory that is used again. */
class Generation {
  readonly places = new Map<string, number>();
  private readonly chunks: Buffer[] = [];
  private used = 0;

  /** Writes the record and says where: its length, then its bytes. */
  write(record: StreamRecord): number {
    if (chunkBytes - (this.used % chunkBytes) < streamRecordBytesMax + 2) {
      this.used = Math.ceil(this.used / chunkBytes) * chunkBytes;
    }
    const place = this.used;
    const index = Math.floor(place / chunkBytes);
    const chunk = (this.chunks[index] ??= Buffer.alloc(chunkBytes));
    const start = place % chunkBytes;
    const end = record.encode(chunk, start + 2);
    chunk.writeUInt16BE(end - start - 2, start);
    this.used = place + end - start;
    return place;
  }

  get(key: string): Buffer | undefined {
    const place = this.places.get(key);
    return place === undefined ? undefined : this.at(place);
  }

  at(place: number): Buffer {
    const chunk = this.chunks[Math.floor(place / chunkBytes)]!;
    const start = (place % chunkBytes) + 2;
    return chunk.subarray(start, start + chunk.readUInt16BE(start - 2));
  }

  clear(): void {
    this.places.clear();
    this.used = 0;
    if (this.chunks.length > chunksKept) this.chunks.length = chunksKept;
  }
}

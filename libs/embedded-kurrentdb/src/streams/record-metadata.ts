import { readValueEntry } from '../protobuf/json-value';
import type { ProtoReader } from '../protobuf/reader';

const chunkBytes = 64 * 1024;
const keysMax = 16;
/** Quotes, colon and comma around a property's key and its value. */
const punctuationBytes = 8;
const numberBytesMax = 32;
const quote = 0x22;
const backslash = 0x5c;
const dollar = 0x24;
const letterS = 0x73;
const openingBrace = 0x7b;
const comma = 0x2c;
const colon = 0x3a;

/**
 * Writes the properties of records as the JSON that is stored, straight from the bytes of the
 * request. What needs more than copying (escapes, nested values, a key twice) is irregular and left
 * to `propertiesAsJson`.
 */
export class RecordMetadata {
  private chunk = Buffer.allocUnsafeSlow(chunkBytes);
  private start = 0;
  private end = 0;
  private keys = 0;
  private readonly keyStarts = new Int32Array(keysMax);
  private readonly keyEnds = new Int32Array(keysMax);
  private regular = true;

  begin(): void {
    this.start = this.end;
    this.keys = 0;
    this.regular = true;
  }

  /** Adds the property that the reader stands at, a map's entry. */
  add(reader: ProtoReader): void {
    const entry = reader.enter();
    this.regular &&= this.addEntry(reader);
    reader.leave(entry);
  }

  get empty(): boolean {
    return this.keys === 0 && this.regular;
  }

  /** The record's metadata with this at their end; undefined when they are irregular. */
  finish(tail: Buffer): Buffer | undefined {
    if (!this.regular) {
      this.end = this.start;
      return undefined;
    }
    this.room(tail.length);
    this.chunk.set(tail, this.end);
    this.end += tail.length;
    return this.chunk.subarray(this.start, this.end);
  }

  /** Adds a key and its value; false when there is anything else, or they come otherwise. */
  private addEntry(reader: ProtoReader): boolean {
    if (!reader.at(1)) return false;
    const start = reader.span();
    if (!this.addKey(reader.buffer, start, reader.pos) || !reader.at(2)) return false;
    const value = reader.enter();
    const added = this.addValue(reader) && !reader.next();
    reader.leave(value);
    return added && !reader.next();
  }

  private addKey(source: Buffer, start: number, end: number): boolean {
    if (start === end || this.keys === keysMax) return false;
    // JavaScript's objects put keys that are numbers first; keys of the schema are ours.
    const first = source[start]!;
    if (first >= 0x30 && first <= 0x39) return false;
    if (first === dollar && source[start + 1] === letterS) return false;
    for (let i = 0; i < this.keys; i++) {
      if (same(source, this.keyStarts[i]!, this.keyEnds[i]!, start, end)) return false;
    }
    this.room(end - start + punctuationBytes);
    this.chunk[this.end++] = this.keys === 0 ? openingBrace : comma;
    this.keyStarts[this.keys] = start;
    this.keyEnds[this.keys++] = end;
    const added = this.addText(source, start, end);
    this.chunk[this.end++] = colon;
    return added;
  }

  private addValue(reader: ProtoReader): boolean {
    if (!reader.next()) return false;
    switch (reader.field) {
      case 2:
        return this.addWord(JSON.stringify(reader.double()));
      case 3: {
        const start = reader.span();
        this.room(reader.pos - start + punctuationBytes);
        return this.addText(reader.buffer, start, reader.pos);
      }
      case 4:
        return this.addWord(reader.bool() ? 'true' : 'false');
      default:
        return false;
    }
  }

  private addText(source: Buffer, start: number, end: number): boolean {
    const { chunk } = this;
    let to = this.end;
    chunk[to++] = quote;
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      if (byte < 0x20 || byte > 0x7e || byte === quote || byte === backslash) return false;
      chunk[to++] = byte;
    }
    chunk[to++] = quote;
    this.end = to;
    return true;
  }

  private addWord(word: string): boolean {
    this.room(numberBytesMax);
    for (let i = 0; i < word.length; i++) this.chunk[this.end++] = word.charCodeAt(i);
    return true;
  }

  /** Makes room; what is written of the record moves along. */
  private room(bytes: number): void {
    if (this.end + bytes <= this.chunk.length) return;
    const written = this.end - this.start;
    const next = Buffer.allocUnsafeSlow(Math.max(chunkBytes, 2 * (written + bytes)));
    this.chunk.copy(next, 0, this.start, this.end);
    this.chunk = next;
    this.start = 0;
    this.end = written;
  }
}

/** The properties of a record (its field 2) with more of them, as JSON. */
export function propertiesAsJson(record: ProtoReader, more: Record<string, string>): Buffer {
  const entries: [string, unknown][] = [];
  while (record.next()) {
    if (record.field === 2) entries.push(readValueEntry(record.message()));
    else record.skip();
  }
  return Buffer.from(JSON.stringify(Object.fromEntries([...entries, ...Object.entries(more)])));
}

function same(source: Buffer, at: number, end: number, otherAt: number, otherEnd: number): boolean {
  if (end - at !== otherEnd - otherAt) return false;
  for (let i = at, j = otherAt; i < end; i++, j++) if (source[i] !== source[j]) return false;
  return true;
}

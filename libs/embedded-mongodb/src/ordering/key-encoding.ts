import { decodeDoc } from '../bson/decode';
import {
  Binary,
  BsonDate,
  BsonRegex,
  BsonSymbol,
  Code,
  CodeWithScope,
  DbPointer,
  ObjectId,
  RawDoc,
  Timestamp,
  type Value,
} from '../bson/values';
import { isNumeric } from '../numbers/compare-numbers';
import { canonicalRank } from './canonical-type';
import { numberKey } from './number-key';

/**
 * Writes values as bytes whose order is `compareValues`, each prefix-free, so that the fields of
 * a compound key can follow each other. A descending field is written with every bit turned over.
 */
export class KeyWriter {
  protected bytes: Buffer = Buffer.alloc(512);
  protected length = 0;

  /** Starts the next key. */
  reset(): this {
    this.length = 0;
    return this;
  }

  /** A copy of the bytes written since `reset`. */
  finish(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  /** Appends one field of a key. */
  field(value: Value, descending = false): this {
    const start = this.length;
    this.value(value);
    if (descending) this.turnOver(start);
    return this;
  }

  /** Turns over every bit written since `start`. */
  protected turnOver(start: number): void {
    for (let at = start; at < this.length; at++)
      this.bytes[at] = ~(this.bytes[at] as number) & 0xff;
  }

  private value(value: Value): void {
    this.byte(canonicalRank(value));
    if (typeof value === 'string') return this.string(value);
    if (typeof value === 'number') return this.double(value);
    if (isNumeric(value)) return this.raw(numberKey(value));
    if (typeof value === 'boolean') return this.byte(value ? 1 : 0);
    if (value === null) return;
    if (value instanceof ObjectId) return this.raw(value.bytes);
    if (value instanceof BsonDate) return this.int64(value.ms + (1n << 63n));
    if (value instanceof Map || value instanceof RawDoc) {
      const doc = value instanceof RawDoc ? decodeDoc(value.bytes) : value;
      for (const [name, field] of doc) {
        this.byte(canonicalRank(field));
        this.string(name);
        this.value(field);
      }
      return this.byte(0);
    }
    if (Array.isArray(value)) {
      for (const item of value) this.value(item);
      return this.byte(0);
    }
    this.rareValue(value);
  }

  private rareValue(value: Value): void {
    if (value instanceof Binary) {
      this.uint32(value.bytes.length);
      this.byte(value.subtype);
      this.raw(value.bytes);
    } else if (value instanceof Timestamp) {
      this.int64(value.bits);
    } else if (value instanceof BsonRegex) {
      this.string(value.pattern);
      this.string(value.options);
    } else if (value instanceof Code) {
      this.string(value.code);
    } else if (value instanceof BsonSymbol) {
      this.string(value.text);
    } else if (value instanceof CodeWithScope) {
      this.string(value.code);
      this.value(value.scope);
    } else if (value instanceof DbPointer) {
      this.uint32(Buffer.byteLength(value.namespace));
      this.string(value.namespace);
      this.raw(value.id.bytes);
    }
  }

  /** Zero bytes inside are escaped, so that the end mark sorts before every continuation. */
  private string(text: string): void {
    this.grow(text.length * 3 + 2);
    const size = this.bytes.write(text, this.length, 'utf8');
    const start = this.length;
    if (text.includes('\0')) {
      const plain = Buffer.from(this.bytes.subarray(start, start + size));
      for (const byte of plain) {
        this.byte(byte);
        if (byte === 0) this.byte(0xff);
      }
    } else {
      this.length += size;
    }
    this.byte(0);
    this.byte(1);
  }

  /** A number that is exactly a double, and not NaN. */
  protected double(value: number): void {
    const start = this.reserve(9);
    this.bytes.writeDoubleBE(value === 0 ? 0 : value, start);
    if (value >= 0) {
      this.bytes[start] = (this.bytes[start] as number) | 0x80;
    } else {
      for (let at = start; at < start + 8; at++)
        this.bytes[at] = ~(this.bytes[at] as number) & 0xff;
    }
    this.bytes[start + 8] = 0;
  }

  private int64(value: bigint): void {
    const at = this.reserve(8);
    this.bytes.writeBigUInt64BE(value, at);
  }

  protected uint32(value: number): void {
    const at = this.reserve(4);
    this.bytes.writeUInt32BE(value, at);
  }

  private raw(bytes: Buffer): void {
    const at = this.reserve(bytes.length);
    bytes.copy(this.bytes, at);
  }

  protected byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  protected reserve(size: number): number {
    this.grow(size);
    const start = this.length;
    this.length += size;
    return start;
  }

  protected grow(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.length + size, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

const shared = new KeyWriter();

/** The key of one value. */
export function encodeKey(value: Value): Buffer {
  return shared.reset().field(value).finish();
}

/** The key of several fields, each in its own direction. */
export function encodeFields(values: readonly Value[], descending: readonly boolean[]): Buffer {
  shared.reset();
  values.forEach((value, index) => shared.field(value, descending[index]));
  return shared.finish();
}

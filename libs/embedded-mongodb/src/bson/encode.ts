import { BsonError, DEPTH_MAX } from './bson-error';
import {
  Binary,
  BsonDate,
  BsonRegex,
  BsonSymbol,
  BsonType,
  Code,
  CodeWithScope,
  DbPointer,
  Decimal128,
  type Doc,
  Double,
  Marker,
  ObjectId,
  RawDoc,
  Timestamp,
  type Value,
} from './values';

/** Encodes one document into a buffer of its own. */
export function encodeDoc(doc: Doc | RawDoc): Buffer {
  if (doc instanceof RawDoc) return doc.bytes;
  const writer = new BsonWriter(256);
  writer.document(doc, 0);
  return writer.finish();
}

/** Growing output buffer that writes BSON; documents that are already bytes are copied as they are. */
export class BsonWriter {
  private bytes: Buffer;
  private length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** What was written so far; nothing beyond it, so no uninitialised byte gets out. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Leaves room for a head that the caller fills in; the bytes are undefined until then. */
  skip(size: number): void {
    this.reserve(size);
  }

  document(doc: Doc, depth: number): void {
    if (depth > DEPTH_MAX) throw new BsonError('document is nested too deeply');
    const start = this.reserve(4);
    for (const [name, value] of doc) this.element(name, value, depth);
    this.byte(0);
    this.bytes.writeInt32LE(this.length - start, start);
  }

  private array(items: readonly Value[], depth: number): void {
    if (depth > DEPTH_MAX) throw new BsonError('document is nested too deeply');
    const start = this.reserve(4);
    for (let index = 0; index < items.length; index++) {
      this.element(String(index), items[index] as Value, depth);
    }
    this.byte(0);
    this.bytes.writeInt32LE(this.length - start, start);
  }

  private element(name: string, value: Value, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.head(BsonType.String, name);
        return this.string(value);
      case 'number':
        if ((value | 0) !== value) throw new BsonError(`not an Int32: ${value}`);
        this.head(BsonType.Int32, name);
        return this.int32(value);
      case 'bigint':
        this.head(BsonType.Int64, name);
        return this.int64(value);
      case 'boolean':
        this.head(BsonType.Bool, name);
        return this.byte(value ? 1 : 0);
      default:
        return this.object(name, value, depth);
    }
  }

  private object(
    name: string,
    value: Exclude<Value, number | bigint | string | boolean>,
    depth: number,
  ): void {
    if (value === null) return this.head(BsonType.Null, name);
    if (value instanceof Map) {
      this.head(BsonType.Object, name);
      return this.document(value, depth + 1);
    }
    if (Array.isArray(value)) {
      this.head(BsonType.Array, name);
      return this.array(value, depth + 1);
    }
    this.head(value.bsonType, name);
    this.wrapped(value, depth);
  }

  private wrapped(
    value: Exclude<Value, number | bigint | string | boolean | null | Doc | Value[]>,
    depth: number,
  ): void {
    if (value instanceof Double) {
      const at = this.reserve(8);
      this.bytes.writeDoubleLE(value.value, at);
    } else if (
      value instanceof RawDoc ||
      value instanceof ObjectId ||
      value instanceof Decimal128
    ) {
      this.raw(value.bytes);
    } else if (value instanceof BsonDate) {
      this.int64(value.ms);
    } else if (value instanceof Timestamp) {
      const at = this.reserve(8);
      this.bytes.writeBigUInt64LE(value.bits, at);
    } else if (value instanceof Binary) {
      this.int32(value.bytes.length);
      this.byte(value.subtype);
      this.raw(value.bytes);
    } else if (value instanceof BsonRegex) {
      this.cstring(value.pattern);
      this.cstring(value.options);
    } else if (value instanceof Code) {
      this.string(value.code);
    } else if (value instanceof BsonSymbol) {
      this.string(value.text);
    } else if (value instanceof DbPointer) {
      this.string(value.namespace);
      this.raw(value.id.bytes);
    } else if (value instanceof CodeWithScope) {
      const start = this.reserve(4);
      this.string(value.code);
      this.document(value.scope, depth + 1);
      this.bytes.writeInt32LE(this.length - start, start);
    } else if (!(value instanceof Marker)) {
      throw new BsonError('not a BSON value');
    }
  }

  private int32(value: number): void {
    // Reserved first: it may replace the buffer.
    const at = this.reserve(4);
    this.bytes.writeInt32LE(value, at);
  }

  private int64(value: bigint): void {
    const at = this.reserve(8);
    this.bytes.writeBigInt64LE(value, at);
  }

  private head(type: number, name: string): void {
    this.byte(type);
    this.cstring(name);
  }

  private string(text: string): void {
    const start = this.reserve(4);
    this.utf8(text);
    this.byte(0);
    this.bytes.writeInt32LE(this.length - start - 4, start);
  }

  private cstring(text: string): void {
    if (text.includes('\0')) throw new BsonError('a name must not contain a null character');
    this.utf8(text);
    this.byte(0);
  }

  private utf8(text: string): void {
    this.grow(text.length * 3);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  private raw(bytes: Buffer): void {
    const at = this.reserve(bytes.length);
    bytes.copy(this.bytes, at);
  }

  private byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  private reserve(size: number): number {
    this.grow(size);
    const start = this.length;
    this.length += size;
    return start;
  }

  private grow(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + size, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

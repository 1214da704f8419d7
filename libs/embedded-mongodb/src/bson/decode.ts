import { BsonError, DEPTH_MAX } from './bson-error';
import {
  Binary,
  BsonDate,
  BsonRegex,
  BsonSymbol,
  BSON_UNDEFINED,
  BsonType,
  Code,
  CodeWithScope,
  DbPointer,
  Decimal128,
  type Doc,
  Double,
  MAX_KEY,
  MIN_KEY,
  ObjectId,
  Timestamp,
  type Value,
} from './values';

/**
 * Decodes one document. Every length is checked against the bytes that are there before it is
 * used, so a hostile length can neither over-read nor allocate. Byte values are views of `bytes`.
 */
export function decodeDoc(bytes: Buffer, offset = 0): Doc {
  const size = checkedSize(bytes, offset, bytes.length);
  return new Decoder(bytes).document(offset, offset + size, 0);
}

/** The size that a document at `offset` claims, refused unless it fits before `limit`. */
export function checkedSize(bytes: Buffer, offset: number, limit: number): number {
  if (offset + 5 > limit) throw new BsonError('document is cut short');
  const size = bytes.readInt32LE(offset);
  if (size < 5 || offset + size > limit) throw new BsonError(`invalid document size ${size}`);
  if (bytes[offset + size - 1] !== 0) throw new BsonError('document is not terminated');
  return size;
}

/** Decodes the value of one field that lies from `start` to `end`. */
export function decodeValue(bytes: Buffer, type: number, start: number, end: number): Value {
  return new Decoder(bytes, start).value(type, end, 0);
}

class Decoder {
  constructor(
    private readonly bytes: Buffer,
    private position = 0,
  ) {}

  document(start: number, end: number, depth: number): Doc {
    const doc: Doc = new Map();
    this.elements(start, end, depth, (name, value) => {
      doc.set(name, value);
    });
    return doc;
  }

  private elements(
    start: number,
    end: number,
    depth: number,
    add: (name: string, value: Value) => void,
  ): void {
    if (depth > DEPTH_MAX) throw new BsonError('document is nested too deeply');
    const last = end - 1;
    this.position = start + 4;
    while (this.position < last) {
      const type = this.bytes[this.position++] as number;
      const name = this.cstring(last);
      add(name, this.value(type, last, depth));
    }
    if (this.position !== last) throw new BsonError('element runs over the end of its document');
    this.position = end;
  }

  value(type: number, end: number, depth: number): Value {
    const { bytes } = this;
    switch (type) {
      case BsonType.Double:
        return new Double(bytes.readDoubleLE(this.take(8, end)));
      case BsonType.String:
        return this.string(end);
      case BsonType.Object: {
        const start = this.position;
        return this.document(start, start + checkedSize(bytes, start, end), depth + 1);
      }
      case BsonType.Array: {
        const start = this.position;
        const items: Value[] = [];
        const size = checkedSize(bytes, start, end);
        this.elements(start, start + size, depth + 1, (_name, item) => items.push(item));
        return items;
      }
      case BsonType.Bool:
        return bytes[this.take(1, end)] !== 0;
      case BsonType.Null:
        return null;
      case BsonType.Int32:
        return bytes.readInt32LE(this.take(4, end));
      case BsonType.Int64:
        return bytes.readBigInt64LE(this.take(8, end));
      case BsonType.Date:
        return new BsonDate(bytes.readBigInt64LE(this.take(8, end)));
      case BsonType.ObjectId:
        return new ObjectId(this.view(12, end));
      case BsonType.Decimal128:
        return new Decimal128(this.view(16, end));
      default:
        return this.rareValue(type, end, depth);
    }
  }

  private rareValue(type: number, end: number, depth: number): Value {
    const { bytes } = this;
    switch (type) {
      case BsonType.Binary:
        return this.binary(end);
      case BsonType.Undefined:
        return BSON_UNDEFINED;
      case BsonType.Regex:
        return new BsonRegex(this.cstring(end), this.cstring(end));
      case BsonType.DbPointer:
        return new DbPointer(this.string(end), new ObjectId(this.view(12, end)));
      case BsonType.Code:
        return new Code(this.string(end));
      case BsonType.Symbol:
        return new BsonSymbol(this.string(end));
      case BsonType.CodeWithScope: {
        this.take(4, end);
        const code = this.string(end);
        const start = this.position;
        const size = checkedSize(bytes, start, end);
        return new CodeWithScope(code, this.document(start, start + size, depth + 1));
      }
      case BsonType.Timestamp:
        return new Timestamp(bytes.readBigUInt64LE(this.take(8, end)));
      case BsonType.MaxKey:
        return MAX_KEY;
      case BsonType.MinKey:
        return MIN_KEY;
      default:
        throw new BsonError(`unknown element type ${type}`);
    }
  }

  private binary(end: number): Binary {
    const size = this.bytes.readInt32LE(this.take(4, end));
    const subtype = this.bytes[this.take(1, end)] as number;
    if (size < 0) throw new BsonError('negative binary length');
    return new Binary(this.view(size, end), subtype);
  }

  private string(end: number): string {
    const size = this.bytes.readInt32LE(this.take(4, end));
    if (size < 1) throw new BsonError('string without terminator');
    const start = this.take(size, end);
    if (this.bytes[start + size - 1] !== 0) throw new BsonError('string is not terminated');
    return this.bytes.toString('utf8', start, start + size - 1);
  }

  private cstring(end: number): string {
    const { bytes } = this;
    const start = this.position;
    let at = start;
    let ascii = true;
    let code: number;
    while (at < end && (code = bytes[at] as number) !== 0) {
      if (code > 127) ascii = false;
      at++;
    }
    if (at >= end) throw new BsonError('name is not terminated');
    this.position = at + 1;
    return bytes.toString(ascii ? 'latin1' : 'utf8', start, at);
  }

  private view(size: number, end: number): Buffer {
    const start = this.take(size, end);
    return this.bytes.subarray(start, start + size);
  }

  private take(size: number, end: number): number {
    const start = this.position;
    if (start + size > end) throw new BsonError('value runs over the end of its document');
    this.position = start + size;
    return start;
  }
}

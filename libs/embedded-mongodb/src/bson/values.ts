/** In-memory form of every BSON type: numbers keep their width, documents keep their field order. */

/** A document. A Map keeps the order of fields that look like integers, which an object would not. */
export type Doc = Map<string, Value>;

/**
 * Any BSON value. A JavaScript `number` is an Int32 and a `bigint` an Int64; doubles are wrapped,
 * so that arithmetic never loses the width that the client chose.
 */
export type Value =
  | number
  | bigint
  | string
  | boolean
  | null
  | Doc
  | Value[]
  | Double
  | Decimal128
  | ObjectId
  | Binary
  | BsonDate
  | Timestamp
  | BsonRegex
  | Code
  | CodeWithScope
  | BsonSymbol
  | DbPointer
  | Marker
  | RawDoc;

/** BSON's type bytes. */
export const BsonType = {
  Double: 1,
  String: 2,
  Object: 3,
  Array: 4,
  Binary: 5,
  Undefined: 6,
  ObjectId: 7,
  Bool: 8,
  Date: 9,
  Null: 10,
  Regex: 11,
  DbPointer: 12,
  Code: 13,
  Symbol: 14,
  CodeWithScope: 15,
  Int32: 16,
  Timestamp: 17,
  Int64: 18,
  Decimal128: 19,
  MaxKey: 127,
  MinKey: 255,
} as const;

/** A 64-bit IEEE number, told apart from an Int32 of the same value. */
export class Double {
  readonly bsonType = BsonType.Double;
  constructor(readonly value: number) {}
}

/** A 128-bit decimal, kept as its 16 bytes so that 1.0 and 1.00 survive a round trip. */
export class Decimal128 {
  readonly bsonType = BsonType.Decimal128;
  constructor(readonly bytes: Buffer) {}
}

/** A 12-byte identifier. */
export class ObjectId {
  readonly bsonType = BsonType.ObjectId;
  constructor(readonly bytes: Buffer) {}
  toString(): string {
    return this.bytes.toString('hex');
  }
}

/** Bytes with a subtype. */
export class Binary {
  readonly bsonType = BsonType.Binary;
  constructor(
    readonly bytes: Buffer,
    readonly subtype: number,
  ) {}
}

/** Milliseconds since 1970, over the whole 64-bit range (a JavaScript Date is narrower). */
export class BsonDate {
  readonly bsonType = BsonType.Date;
  constructor(readonly ms: bigint) {}
}

/** An unsigned 64-bit timestamp: seconds in the high half, an ordinal in the low half. */
export class Timestamp {
  readonly bsonType = BsonType.Timestamp;
  constructor(readonly bits: bigint) {}
}

/** A regular expression as it was stored: pattern and option letters. */
export class BsonRegex {
  readonly bsonType = BsonType.Regex;
  constructor(
    readonly pattern: string,
    readonly options: string,
  ) {}
}

/** JavaScript code; stored, never run. */
export class Code {
  readonly bsonType = BsonType.Code;
  constructor(readonly code: string) {}
}

/** JavaScript code with its scope; stored, never run. */
export class CodeWithScope {
  readonly bsonType = BsonType.CodeWithScope;
  constructor(
    readonly code: string,
    readonly scope: Doc,
  ) {}
}

/** The deprecated symbol type; compares as a string. */
export class BsonSymbol {
  readonly bsonType = BsonType.Symbol;
  constructor(readonly text: string) {}
}

/** The deprecated DBPointer type. */
export class DbPointer {
  readonly bsonType = BsonType.DbPointer;
  constructor(
    readonly namespace: string,
    readonly id: ObjectId,
  ) {}
}

/** The value-less types other than null. */
export class Marker {
  constructor(readonly bsonType: 6 | 127 | 255) {}
}

/** A document that is still bytes: spliced into an answer as it is. */
export class RawDoc {
  readonly bsonType = BsonType.Object;
  constructor(readonly bytes: Buffer) {}
}

/** BSON's deprecated undefined, which is a stored value and not absence. */
export const BSON_UNDEFINED = new Marker(BsonType.Undefined);
/** Sorts before everything. */
export const MIN_KEY = new Marker(BsonType.MinKey);
/** Sorts after everything. */
export const MAX_KEY = new Marker(BsonType.MaxKey);

/** The BSON type byte of a value. */
export function bsonTypeOf(value: Value): number {
  switch (typeof value) {
    case 'string':
      return BsonType.String;
    case 'number':
      return BsonType.Int32;
    case 'bigint':
      return BsonType.Int64;
    case 'boolean':
      return BsonType.Bool;
    default:
      if (value === null) return BsonType.Null;
      if (value instanceof Map) return BsonType.Object;
      if (Array.isArray(value)) return BsonType.Array;
      return value.bsonType;
  }
}

/** A document from a literal whose fields are in order; `undefined` fields are left out. */
export function docOf(fields: Record<string, Value | undefined>): Doc {
  const doc: Doc = new Map();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) doc.set(name, value);
  }
  return doc;
}

/** True for a document (not an array and not another BSON type). */
export function isDoc(value: Value | undefined): value is Doc {
  return value instanceof Map;
}

/** A copy that shares no mutable part with the original. */
export function deepCopy(value: Value): Value {
  if (value instanceof Map) {
    const copy: Doc = new Map();
    for (const [name, field] of value) copy.set(name, deepCopy(field));
    return copy;
  }
  return Array.isArray(value) ? value.map(deepCopy) : value;
}

import { BsonError, DEPTH_MAX } from './bson-error';
import { checkedSize } from './decode';
import { BsonType } from './values';

/** Hears of each field of a document: where its name is, its type, and where its value is. */
export type FieldVisitor = (
  nameStart: number,
  nameEnd: number,
  type: number,
  start: number,
  end: number,
) => void;

/**
 * Goes over the fields of one document without making values of them, checking every length as
 * `decodeDoc` does: what it goes over without throwing can be decoded.
 */
export function walkFields(bytes: Buffer, visit: FieldVisitor | undefined): void {
  walk(bytes, 0, checkedSize(bytes, 0, bytes.length), 0, visit);
}

/** As `walkFields`, without looking into the documents inside: for bytes checked before or later. */
export function walkTop(bytes: Buffer, visit: FieldVisitor): void {
  walk(bytes, 0, checkedSize(bytes, 0, bytes.length), TOP_ONLY, visit);
}

/** A depth at which documents inside are passed over. */
const TOP_ONLY = -1;

function walk(
  bytes: Buffer,
  start: number,
  end: number,
  depth: number,
  visit: FieldVisitor | undefined,
): void {
  if (depth > DEPTH_MAX) throw new BsonError('document is nested too deeply');
  const last = end - 1;
  let at = start + 4;
  while (at < last) {
    const type = bytes[at] as number;
    const nameStart = at + 1;
    const nameEnd = cstringEnd(bytes, nameStart, last);
    at = valueEnd(bytes, type, nameEnd + 1, last, depth);
    visit?.(nameStart, nameEnd, type, nameEnd + 1, at);
  }
  if (at !== last) throw new BsonError('element runs over the end of its document');
}

function cstringEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0) at++;
  if (at >= end) throw new BsonError('name is not terminated');
  return at;
}

function valueEnd(bytes: Buffer, type: number, at: number, end: number, depth: number): number {
  const fixed = FIXED_SIZES[type];
  if (fixed !== undefined) return within(at + fixed, end);
  switch (type) {
    case BsonType.String:
    case BsonType.Code:
    case BsonType.Symbol:
      return stringEnd(bytes, at, end);
    case BsonType.Object:
    case BsonType.Array:
      return documentEnd(bytes, at, end, depth);
    case BsonType.Binary: {
      const size = bytes.readInt32LE(within(at + 5, end) - 5);
      if (size < 0) throw new BsonError('negative binary length');
      return within(at + 5 + size, end);
    }
    case BsonType.Regex:
      return cstringEnd(bytes, cstringEnd(bytes, at, end) + 1, end) + 1;
    case BsonType.DbPointer:
      return within(stringEnd(bytes, at, end) + 12, end);
    case BsonType.CodeWithScope:
      return documentEnd(bytes, stringEnd(bytes, within(at + 4, end), end), end, depth);
    default:
      throw new BsonError(`unknown element type ${type}`);
  }
}

function documentEnd(bytes: Buffer, at: number, end: number, depth: number): number {
  const size = checkedSize(bytes, at, end);
  if (depth !== TOP_ONLY) walk(bytes, at, at + size, depth + 1, undefined);
  return at + size;
}

function stringEnd(bytes: Buffer, at: number, end: number): number {
  const size = bytes.readInt32LE(within(at + 4, end) - 4);
  if (size < 1) throw new BsonError('string without terminator');
  const after = within(at + 4 + size, end);
  if (bytes[after - 1] !== 0) throw new BsonError('string is not terminated');
  return after;
}

function within(at: number, end: number): number {
  if (at > end) throw new BsonError('value runs over the end of its document');
  return at;
}

/** Bytes of the values of one size, by type. */
const FIXED_SIZES: readonly (number | undefined)[] = Object.assign(
  Array.from({ length: 256 }, (): number | undefined => undefined),
  {
    [BsonType.Double]: 8,
    [BsonType.Undefined]: 0,
    [BsonType.ObjectId]: 12,
    [BsonType.Bool]: 1,
    [BsonType.Date]: 8,
    [BsonType.Null]: 0,
    [BsonType.Int32]: 4,
    [BsonType.Timestamp]: 8,
    [BsonType.Int64]: 8,
    [BsonType.Decimal128]: 16,
    [BsonType.MinKey]: 0,
    [BsonType.MaxKey]: 0,
  },
);

import { decodeDoc } from '../bson/decode';
import {
  Binary,
  BsonDate,
  BsonRegex,
  BsonSymbol,
  Code,
  CodeWithScope,
  DbPointer,
  type Doc,
  ObjectId,
  RawDoc,
  Timestamp,
  type Value,
} from '../bson/values';
import { compareNumbers, isNumeric } from '../numbers/compare-numbers';
import { canonicalRank } from './canonical-type';

/** MongoDB's total order over all BSON values: by type, then by value. Negative, zero or positive. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  const rank = canonicalRank(a) - canonicalRank(b);
  if (rank !== 0) return rank;
  if (isDocLike(a) && isDocLike(b)) return compareDocs(toDoc(a), toDoc(b));
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  return compareSameType(a, b);
}

/** True when two values are equal in MongoDB's order: 1, 1.0 and NumberLong(1) are. */
export function sameValue(a: Value, b: Value): boolean {
  return compareValues(a, b) === 0;
}

function isDocLike(value: Value): value is Doc | RawDoc {
  return value instanceof Map || value instanceof RawDoc;
}

function toDoc(value: Doc | RawDoc): Doc {
  return value instanceof RawDoc ? decodeDoc(value.bytes) : value;
}

function compareSameType(a: Value, b: Value): number {
  if (a instanceof ObjectId && b instanceof ObjectId) return Buffer.compare(a.bytes, b.bytes);
  if (a instanceof BsonDate && b instanceof BsonDate) return order(a.ms, b.ms);
  if (a instanceof Timestamp && b instanceof Timestamp) return order(a.bits, b.bits);
  if (typeof a === 'boolean' && typeof b === 'boolean') return order(a, b);
  if (a instanceof Binary && b instanceof Binary) {
    return (
      order(a.bytes.length, b.bytes.length) ||
      order(a.subtype, b.subtype) ||
      Buffer.compare(a.bytes, b.bytes)
    );
  }
  if (a instanceof BsonRegex && b instanceof BsonRegex) {
    return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
  }
  if (a instanceof Code && b instanceof Code) return compareStrings(a.code, b.code);
  if (a instanceof CodeWithScope && b instanceof CodeWithScope) {
    return compareStrings(a.code, b.code) || compareDocs(a.scope, b.scope);
  }
  if (a instanceof DbPointer && b instanceof DbPointer) {
    return (
      order(Buffer.byteLength(a.namespace), Buffer.byteLength(b.namespace)) ||
      compareStrings(a.namespace, b.namespace) ||
      Buffer.compare(a.id.bytes, b.id.bytes)
    );
  }
  const left = textOf(a);
  const right = textOf(b);
  // What is left has no value of its own: null, undefined, MinKey, MaxKey.
  return left !== undefined && right !== undefined ? compareStrings(left, right) : 0;
}

function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof BsonSymbol ? value.text : undefined;
}

function compareDocs(a: Doc, b: Doc): number {
  const right = b.entries();
  for (const [name, value] of a) {
    const next = right.next();
    if (next.done) return 1;
    const [otherName, other] = next.value;
    const compared =
      canonicalRank(value) - canonicalRank(other) ||
      compareStrings(name, otherName) ||
      compareValues(value, other);
    if (compared !== 0) return compared;
  }
  return right.next().done ? 0 : -1;
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const compared = compareValues(a[index] as Value, b[index] as Value);
    if (compared !== 0) return compared;
  }
  return a.length - b.length;
}

function order<T extends number | bigint | boolean>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares as UTF-8 bytes, which differs from JavaScript's order only around surrogates. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) {
      if (left >= 0xd800 && right >= 0xd800) return fixedUp(left) - fixedUp(right);
      return left - right;
    }
  }
  return a.length - b.length;
}

/** Moves surrogates above the rest of the basic plane, where their code points belong. */
function fixedUp(code: number): number {
  return code >= 0xe000 ? code - 0x800 : code + 0x2000;
}

import { decimalText } from '../numbers/decimal';
import {
  Binary,
  BsonDate,
  BsonRegex,
  BsonSymbol,
  Decimal128,
  Double,
  Marker,
  ObjectId,
  Timestamp,
  type Value,
} from './values';

const TEXT_MAX = 2_000;

/** A value as MongoDB writes it into messages: `{ a: 1, b: "x" }`. Cut when it is long. */
export function display(value: Value | undefined): string {
  const text = value === undefined ? 'missing' : shown(value, 0);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text;
}

function shown(value: Value, depth: number): string {
  if (depth > 20) return '...';
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Map) {
    const fields = [...value].map(([name, field]) => `${name}: ${shown(field, depth + 1)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[ ${value.map((v) => shown(v, depth + 1)).join(', ')} ]`;
  }
  if (value instanceof Double) {
    return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  }
  if (value instanceof ObjectId) return `ObjectId('${value.toString()}')`;
  if (value instanceof Decimal128) return decimalText(value);
  return rare(value);
}

function rare(value: Value): string {
  if (value instanceof BsonDate) return `new Date(${value.ms})`;
  if (value instanceof Binary) {
    return `BinData(${value.subtype}, ${value.bytes.toString('hex').toUpperCase()})`;
  }
  if (value instanceof BsonRegex) return `/${value.pattern}/${value.options}`;
  if (value instanceof BsonSymbol) return JSON.stringify(value.text);
  if (value instanceof Timestamp) {
    return `Timestamp(${value.bits >> 32n}, ${value.bits & 0xffff_ffffn})`;
  }
  if (value instanceof Marker) {
    return value.bsonType === 127 ? 'MaxKey' : value.bsonType === 255 ? 'MinKey' : 'undefined';
  }
  return '?';
}

import { bsonTypeOf, type Value } from './values';

const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'double'],
  [2, 'string'],
  [3, 'object'],
  [4, 'array'],
  [5, 'binData'],
  [6, 'undefined'],
  [7, 'objectId'],
  [8, 'bool'],
  [9, 'date'],
  [10, 'null'],
  [11, 'regex'],
  [12, 'dbPointer'],
  [13, 'javascript'],
  [14, 'symbol'],
  [15, 'javascriptWithScope'],
  [16, 'int'],
  [17, 'timestamp'],
  [18, 'long'],
  [19, 'decimal'],
  [127, 'maxKey'],
  [255, 'minKey'],
]);

const CODES: ReadonlyMap<string, number> = new Map([...NAMES].map(([code, name]) => [name, code]));

/** MongoDB's alias of a value's type, `missing` for an absent one. */
export function typeNameOf(value: Value | undefined): string {
  return value === undefined ? 'missing' : (NAMES.get(bsonTypeOf(value)) ?? 'unknown');
}

/** The type byte behind an alias, or undefined for an unknown alias. */
export function typeCodeOfName(name: string): number | undefined {
  return CODES.get(name);
}

/** True for a type byte that exists; -1 is the signed form of MinKey's. */
export function isTypeCode(code: number): boolean {
  return NAMES.has(code);
}

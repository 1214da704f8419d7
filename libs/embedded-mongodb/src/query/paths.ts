import type { Value } from '../bson/values';

/** A dotted path, split. */
export type Path = readonly string[];

/** Where the first match within an array was found: what the positional `$` stands for. */
export interface MatchSpot {
  index?: number;
}

/** Splits a dotted path. */
export function splitPath(path: string): Path {
  return path.split('.');
}

/** The array index that a path component names, or undefined. */
export function arrayIndex(part: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(part) ? Number(part) : undefined;
}

/** What is tested at the end of a path; `undefined` stands for a missing field. */
export interface LeafTest {
  test(value: Value | undefined, spot?: MatchSpot): boolean;
  /** Whether the elements of an array at the end of the path are tested one by one as well. */
  readonly elements: boolean;
}

/**
 * True when any value that the path leads to passes: MongoDB's implicit traversal of arrays, in
 * which documents inside an array are entered and a number may also name an element.
 */
export function anyAt(
  value: Value | undefined,
  path: Path,
  depth: number,
  leaf: LeafTest,
  spot?: MatchSpot,
): boolean {
  if (depth === path.length) return testLeaf(value, leaf, spot);
  const part = path[depth] as string;
  if (value instanceof Map) return anyAt(value.get(part), path, depth + 1, leaf, spot);
  if (!Array.isArray(value)) return leaf.test(undefined, spot);
  const index = arrayIndex(part);
  if (index !== undefined && index < value.length) {
    if (anyAt(value[index], path, depth + 1, leaf, spot)) return true;
  }
  for (let at = 0; at < value.length; at++) {
    const item = value[at];
    if (item instanceof Map && anyAt(item, path, depth, leaf, spot)) {
      if (spot) spot.index = at;
      return true;
    }
  }
  return false;
}

function testLeaf(value: Value | undefined, leaf: LeafTest, spot?: MatchSpot): boolean {
  if (leaf.elements && Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      if (leaf.test(value[at], spot)) {
        if (spot) spot.index = at;
        return true;
      }
    }
  }
  return leaf.test(value, spot);
}

/** Every value that an index holds for a path: array elements one by one, missing as undefined. */
export function valuesAt(
  value: Value | undefined,
  path: Path,
  depth: number,
  add: (value: Value | undefined, fromArray: boolean) => void,
  fromArray = false,
): void {
  if (depth === path.length) {
    if (!Array.isArray(value)) return add(value, fromArray);
    if (value.length === 0) return add(EMPTY_ARRAY, true);
    for (const item of value) add(item, true);
    return;
  }
  const part = path[depth] as string;
  if (value instanceof Map) return valuesAt(value.get(part), path, depth + 1, add, fromArray);
  if (!Array.isArray(value)) return add(undefined, fromArray);
  const index = arrayIndex(part);
  if (index !== undefined && index < value.length) {
    return valuesAt(value[index], path, depth + 1, add, true);
  }
  if (value.length === 0) return add(undefined, true);
  for (const item of value) {
    if (item instanceof Map) valuesAt(item, path, depth, add, true);
    else add(undefined, true);
  }
}

/** Marks an empty array among the values of an index; it is stored as undefined. */
export const EMPTY_ARRAY: Value[] = [];

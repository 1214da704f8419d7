import { createHash } from 'node:crypto';
import { BSON_UNDEFINED, type Doc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { KeyWriter } from '../ordering/key-encoding';
import { matches } from '../query/filter';
import { arrayIndex, type Path } from '../query/paths';
import type { IndexDefinition } from './index-definition';

/** Longest key that is stored as it is; LMDB's own limit is 1,978 bytes with our prefixes. */
export const KEY_BYTES_MAX = 1_500;
/** How many bytes of a longer key keep their place in the order; a hash follows. */
export const CUT_KEY_BYTES = 1_400;

/** One entry of an index: its fields and their key. */
export interface IndexEntry {
  readonly values: readonly Value[];
  readonly key: Buffer;
}

/** All entries of a document in one index, and what they say about the index. */
export interface IndexEntries {
  readonly entries: readonly IndexEntry[];
  /** Which fields led through an array; empty when none did. */
  readonly multikey: readonly boolean[];
  readonly cutKeys: boolean;
}

/** How far a field has been followed: `value` is what its path has led to so far. */
interface Cursor {
  value: Value | undefined;
  depth: number;
  done: boolean;
}

const writer = new KeyWriter();
const NONE: IndexEntries = { entries: [], multikey: [], cutKeys: false };

/** The entries of a document; parallel arrays are refused with 171, as in MongoDB. */
export function entriesOf(index: IndexDefinition, doc: Doc): IndexEntries {
  if (index.partial && !matches(index.partial, doc)) return NONE;
  return plainEntry(index, doc) ?? expandedEntries(index, doc);
}

/** The one entry of a document whose indexed fields are top-level and hold no arrays. */
function plainEntry(index: IndexDefinition, doc: Doc): IndexEntries | undefined {
  const values: Value[] = [];
  let some = false;
  for (const { path } of index.fields) {
    const value = path.length === 1 ? doc.get(path[0] as string) : [];
    if (Array.isArray(value)) return undefined;
    some ||= value !== undefined;
    values.push(value ?? null);
  }
  if (index.sparse && !some) return NONE;
  const full = keyOf(index, values);
  const key = fitKey(full);
  return { entries: [{ values, key }], multikey: [], cutKeys: key !== full };
}

/** The entries of any document: one for each element where a path leads through an array. */
function expandedEntries(index: IndexDefinition, doc: Doc): IndexEntries {
  const multikey = index.fields.map(() => false);
  const found = new Map<string, IndexEntry>();
  let cutKeys = false;
  const start = index.fields.map((): Cursor => ({ value: doc, depth: 0, done: false }));
  const paths = index.fields.map((field) => field.path);
  expand(paths, start, multikey, (values) => {
    if (index.sparse && values.every((value) => value === undefined)) return;
    const stored = values.map((value) => value ?? null);
    const full = keyOf(index, stored);
    const key = fitKey(full);
    cutKeys ||= key !== full;
    found.set(key.toString('latin1'), { values: stored, key });
  });
  return { entries: [...found.values()], multikey, cutKeys };
}

function keyOf(index: IndexDefinition, values: readonly Value[]): Buffer {
  writer.reset();
  for (let at = 0; at < values.length; at++) {
    writer.field(values[at] as Value, index.fields[at]?.descending);
  }
  return writer.finish();
}

/** A key that is too long keeps its beginning and gets a hash, which still tells it apart. */
export function fitKey(key: Buffer): Buffer {
  if (key.length <= KEY_BYTES_MAX) return key;
  const hash = createHash('sha256').update(key).digest();
  return Buffer.concat([key.subarray(0, CUT_KEY_BYTES), hash]);
}

/** Follows all fields together, so that fields below one array take the same element of it. */
function expand(
  paths: readonly Path[],
  cursors: readonly Cursor[],
  multikey: boolean[],
  add: (values: (Value | undefined)[]) => void,
): void {
  const moved = cursors.map((cursor, at) => advance(paths[at] as Path, cursor));
  let array: Value[] | undefined;
  for (let at = 0; at < moved.length; at++) {
    const { value, done } = moved[at] as Cursor;
    if (done || !Array.isArray(value)) continue;
    if (array && array !== value) throw parallelArrays(paths, moved);
    array = value;
    multikey[at] = true;
  }
  if (!array) return add(moved.map((cursor) => cursor.value));
  const elements: (Value | undefined)[] = array.length > 0 ? array : [BSON_UNDEFINED];
  for (const element of elements) {
    const inside = moved.map((cursor, at): Cursor => {
      if (cursor.done || cursor.value !== array) return cursor;
      const leaf = cursor.depth === paths[at]?.length;
      if (leaf) return { value: element, depth: cursor.depth, done: true };
      if (element instanceof Map) return { ...cursor, value: element };
      return { value: undefined, depth: cursor.depth, done: true };
    });
    expand(paths, inside, multikey, add);
  }
}

/** Follows one path through documents until its end or an array. */
function advance(path: Path, cursor: Cursor): Cursor {
  let { value, depth } = cursor;
  if (cursor.done) return cursor;
  while (depth < path.length) {
    if (value instanceof Map) {
      value = value.get(path[depth] as string);
    } else if (Array.isArray(value)) {
      const position = arrayIndex(path[depth] as string);
      if (position === undefined || position >= value.length) return { value, depth, done: false };
      value = value[position];
    } else {
      return { value: undefined, depth, done: true };
    }
    depth++;
  }
  return { value, depth, done: !Array.isArray(value) };
}

function parallelArrays(paths: readonly Path[], cursors: readonly Cursor[]): MongoError {
  const names = cursors.flatMap((cursor, at) =>
    !cursor.done && Array.isArray(cursor.value) ? [`[${paths[at]?.at(-1)}]`] : [],
  );
  return new MongoError(171, `cannot index parallel arrays ${names.reverse().join(' ')}`);
}

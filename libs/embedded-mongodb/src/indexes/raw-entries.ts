import { FieldNames } from '../bson/partial';
import { BsonType } from '../bson/values';
import { walkFields, walkTop } from '../bson/walk';
import { RawKeyWriter } from '../ordering/raw-key-writer';
import { KEY_BYTES_MAX } from './entries';
import type { CollectionDefinition } from './index-definition';
import { ID_INDEX } from './point-lookup';

/** Elements of an array that are compared with each other; a longer one goes the general way. */
const ELEMENTS_MAX = 16;
/** Room for the keys of one command; documents beyond it go the general way. */
const KEYS_BYTES_MAX = 32 * 1024 * 1024;
const PREFIX_BYTES = 8;

interface RawIndex {
  readonly id: number;
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly multikey: readonly boolean[];
  /** Which of the names each field is. */
  readonly slots: readonly number[];
  readonly descending: readonly boolean[];
}

/** Whole keys of index entries, that of the _id first in each document. */
export class RawKeys {
  readonly writer = new RawKeyWriter();
  /** Where each key ends; it begins where the one before it ends. */
  readonly ends: number[] = [];
}

/**
 * Makes the index entries of documents from their bytes, in the common case: indexes over
 * top-level fields, none of them partial or unique but that of the _id. Everything else, and
 * every document that is new to an index in its shape, is left to `entriesOf`.
 */
export class RawEntries {
  private readonly types: Uint8Array;
  private readonly starts: Int32Array;
  private readonly stops: Int32Array;

  private constructor(
    private readonly collectionId: number,
    private readonly indexes: readonly RawIndex[],
    private readonly names: FieldNames,
  ) {
    this.types = new Uint8Array(names.names.length);
    this.starts = new Int32Array(names.names.length);
    this.stops = new Int32Array(names.names.length);
  }

  /** For a collection as it stands; undefined when its indexes are not of the common kind. */
  static of(collection: CollectionDefinition): RawEntries | undefined {
    let known = madeFor.get(collection);
    if (known === undefined) {
      known = isCommon(collection) ? RawEntries.make(collection) : null;
      madeFor.set(collection, known);
    }
    return known ?? undefined;
  }

  private static make({ id, indexes }: CollectionDefinition): RawEntries {
    const names = [...new Set(indexes.flatMap(({ fields }) => fields.map(({ name }) => name)))];
    const raw = indexes.map((index): RawIndex => ({
      ...index,
      slots: index.fields.map(({ name }) => names.indexOf(name)),
      descending: index.fields.map(({ descending }) => descending),
    }));
    return new RawEntries(id, raw, new FieldNames(names));
  }

  /**
   * Appends the keys of a document, checking its bytes as `walkFields` does. False, with nothing
   * appended, when its entries must be made in the general way.
   */
  append(bytes: Buffer, keys: RawKeys): boolean {
    const { types, starts, stops } = this;
    types.fill(0);
    walkFields(bytes, (nameStart, nameEnd, type, start, end) => {
      const slot = this.names.indexAt(bytes, nameStart, nameEnd);
      if (slot < 0) return;
      types[slot] = type;
      starts[slot] = start;
      stops[slot] = end;
    });
    const [end, count] = [keys.writer.end, keys.ends.length];
    if (end > KEYS_BYTES_MAX) return false;
    for (const index of this.indexes) {
      if (this.appendIndex(index, bytes, keys)) continue;
      keys.writer.cut(end);
      keys.ends.length = count;
      return false;
    }
    return true;
  }

  private appendIndex(index: RawIndex, bytes: Buffer, keys: RawKeys): boolean {
    const { slots } = index;
    let array = -1;
    let missing = 0;
    for (let at = 0; at < slots.length; at++) {
      const type = this.types[slots[at] as number];
      if (type === 0) missing++;
      if (type !== BsonType.Array) continue;
      if (array >= 0 || !index.multikey[at]) return false;
      array = at;
    }
    if (index.sparse && missing === slots.length) return true;
    if (index.id === ID_INDEX && !canIdentify(this.types[slots[0] as number])) return false;
    if (array < 0) return this.appendKey(index, bytes, keys);
    return this.appendElements(index, slots[array] as number, bytes, keys);
  }

  /** One key for each element that is none of those before it. */
  private appendElements(index: RawIndex, slot: number, bytes: Buffer, keys: RawKeys): boolean {
    const { types, starts, stops } = this;
    const [start, stop] = [starts[slot] as number, stops[slot] as number];
    const first = keys.ends.length;
    let whole = true;
    walkTop(bytes.subarray(start, stop), (_nameStart, _nameEnd, type, from, to) => {
      whole &&= keys.ends.length - first < ELEMENTS_MAX;
      if (!whole) return;
      [types[slot], starts[slot], stops[slot]] = [type, start + from, start + to];
      whole = this.appendKey(index, bytes, keys);
      dropRepeated(keys, first);
    });
    [types[slot], starts[slot], stops[slot]] = [BsonType.Array, start, stop];
    // An empty array has an entry of its own.
    return whole && keys.ends.length > first;
  }

  private appendKey(index: RawIndex, bytes: Buffer, keys: RawKeys): boolean {
    const { writer, ends } = keys;
    const from = writer.end;
    writer.number(this.collectionId);
    writer.number(index.id);
    const { slots, descending } = index;
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as number;
      const [start, stop] = [this.starts[slot] as number, this.stops[slot] as number];
      writer.rawField(bytes, this.types[slot] as number, start, stop, descending[at] as boolean);
    }
    if (writer.end - from - PREFIX_BYTES > KEY_BYTES_MAX) return false;
    if (!index.unique) writer.roomForRecordId();
    ends.push(writer.end);
    return true;
  }
}

/** True when two documents have the same keys, whatever their bytes; false when it cannot tell. */
export function sameKeys(entries: RawEntries, before: Buffer, after: Buffer): boolean {
  const { writer, ends } = compared;
  writer.cut(0);
  ends.length = 0;
  if (!entries.append(before, compared)) return false;
  const [middle, count] = [writer.end, ends.length];
  if (!entries.append(after, compared) || ends.length !== 2 * count) return false;
  return writer.view(0, middle).equals(writer.view(middle, writer.end));
}

const compared = new RawKeys();

const madeFor = new WeakMap<CollectionDefinition, RawEntries | null>();

function isCommon({ indexes }: CollectionDefinition): boolean {
  return indexes.every(
    (index, at) =>
      (index.id === ID_INDEX) === (at === 0) &&
      index.unique === (at === 0) &&
      !index.partial &&
      index.fields.every(({ path }) => path.length === 1),
  );
}

/** Of these types an _id needs no further look. */
function canIdentify(type: number | undefined): boolean {
  switch (type) {
    case BsonType.String:
    case BsonType.Int32:
    case BsonType.Int64:
    case BsonType.Double:
    case BsonType.Date:
    case BsonType.ObjectId:
    case BsonType.Binary:
    case BsonType.Bool:
      return true;
    default:
      return false;
  }
}

/** Takes the last key away when one since `first` is the same. */
function dropRepeated({ writer, ends }: RawKeys, first: number): void {
  const last = ends.length - 1;
  const from = last > 0 ? (ends[last - 1] as number) : 0;
  const key = writer.view(from, writer.end);
  for (let at = first; at < last; at++) {
    const start = at > 0 ? (ends[at - 1] as number) : 0;
    if (!writer.view(start, ends[at] as number).equals(key)) continue;
    writer.cut(from);
    ends.length = last;
    return;
  }
}

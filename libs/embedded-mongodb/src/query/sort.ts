import { BSON_UNDEFINED, type Doc, isDoc, type Value } from '../bson/values';
import { badValue, MongoError, notImplemented } from '../errors';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import { compareValues } from '../ordering/compare';
import { EMPTY_ARRAY, type Path, splitPath, valuesAt } from './paths';

/** One field of a sort. */
export interface SortField {
  name: string;
  path: Path;
  descending: boolean;
}

/** Parses `{ a: 1, b: -1 }`. */
export function parseSort(sort: Doc): SortField[] {
  return [...sort].map(([name, direction]) => {
    if (isDoc(direction)) throw notImplemented('$meta sorts are not supported by this server');
    if (!isNumeric(direction)) {
      throw new MongoError(15974, `Illegal key in $sort specification: ${name}`);
    }
    const plain = toDouble(direction);
    if (plain !== 1 && plain !== -1) {
      throw new MongoError(
        15975,
        '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
      );
    }
    if (name === '') throw badValue('FieldPath cannot be constructed with empty string');
    return { name, path: splitPath(name), descending: plain < 0 };
  });
}

/** What a document sorts by: of an array its least element ascending, its greatest descending. */
export function sortKey(fields: readonly SortField[], doc: Doc): Value[] {
  return fields.map(({ path, descending }) => {
    let best: Value | undefined;
    valuesAt(doc, path, 0, (found) => {
      const value = found === undefined ? null : found === EMPTY_ARRAY ? BSON_UNDEFINED : found;
      const better = best === undefined || compareValues(value, best) < 0 !== descending;
      if (better) best = value;
    });
    return best ?? null;
  });
}

/** Compares two sort keys. */
export function compareSortKeys(fields: readonly SortField[], a: Value[], b: Value[]): number {
  for (let index = 0; index < fields.length; index++) {
    const compared = compareValues(a[index] as Value, b[index] as Value);
    if (compared !== 0) return fields[index]?.descending ? -compared : compared;
  }
  return 0;
}

import { display } from '../bson/display';
import { typeNameOf } from '../bson/type-names';
import { type Doc, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { arrayIndex } from '../query/paths';

const PADDING_MAX = 1_500_000;

/** Reads what is at a concrete path (no `$` parts); arrays are entered by number only. */
export function getAt(doc: Doc, path: readonly string[]): Value | undefined {
  let value: Value | undefined = doc;
  for (const part of path) {
    if (isDoc(value)) value = value.get(part);
    else if (Array.isArray(value)) {
      const index = arrayIndex(part);
      value = index === undefined ? undefined : value[index];
    } else return undefined;
  }
  return value;
}

/** Writes at a concrete path, making documents on the way; 28 when something else is in the way. */
export function setAtPath(doc: Doc, path: readonly string[], value: Value): void {
  let holder: Doc | Value[] = doc;
  for (let depth = 0; depth < path.length - 1; depth++) {
    const part = path[depth] as string;
    let next: Value | undefined = childOf(holder, part);
    if (next === undefined) {
      next = new Map();
      putChild(holder, part, next, path);
    }
    if (!isDoc(next) && !Array.isArray(next))
      throw notViable(path[depth + 1] as string, part, next);
    holder = next;
  }
  putChild(holder, path.at(-1) as string, value, path);
}

function childOf(holder: Doc | Value[], part: string): Value | undefined {
  if (!Array.isArray(holder)) return holder.get(part);
  const index = arrayIndex(part);
  return index === undefined ? undefined : holder[index];
}

function putChild(
  holder: Doc | Value[],
  part: string,
  value: Value,
  path: readonly string[],
): void {
  if (!Array.isArray(holder)) {
    holder.set(part, value);
    return;
  }
  const index = arrayIndex(part);
  if (index === undefined) {
    throw new MongoError(
      28,
      `Cannot create field '${part}' in element {${path.at(-2) ?? ''}: ${display(holder)}}`,
    );
  }
  if (index - holder.length > PADDING_MAX) {
    throw new MongoError(2, `can't backfill more than ${PADDING_MAX} elements`);
  }
  while (holder.length < index) holder.push(null);
  holder[index] = value;
}

function notViable(field: string, parent: string, value: Value): MongoError {
  return new MongoError(
    28,
    `Cannot create field '${field}' in element {${parent}: ${display(value)}}`,
  );
}

/** Removes what is at a concrete path; inside an array it leaves null, as MongoDB does. */
export function unsetAt(doc: Doc, path: readonly string[]): void {
  const holder = getAt(doc, path.slice(0, -1));
  const part = path.at(-1) as string;
  if (isDoc(holder)) holder.delete(part);
  if (Array.isArray(holder)) {
    const index = arrayIndex(part);
    if (index !== undefined && index < holder.length) holder[index] = null;
  }
}

/** What `$[id]` and `$` in update paths stand for. */
export interface ArrayTargets {
  readonly filters: ReadonlyMap<string, (value: Value) => boolean>;
  /** The index that the query matched, for `$`. */
  readonly matched: number | undefined;
  /** Notes that a named filter was used. */
  readonly use?: (name: string) => void;
}

/** All concrete paths that a path with `$`, `$[]` and `$[id]` stands for in this document. */
export function concretePaths(
  doc: Doc,
  path: readonly string[],
  targets: ArrayTargets,
): string[][] {
  let found: { path: string[]; value: Value | undefined }[] = [{ path: [], value: doc }];
  path.forEach((part, at) => {
    if (!part.startsWith('$')) {
      found = found.map(({ path: before, value }) => ({
        path: [...before, part],
        value: value === undefined ? undefined : childValue(value, part),
      }));
      return;
    }
    found = found.flatMap((spot) => elementsFor(spot, part, path.slice(0, at).join('.'), targets));
  });
  return found.map((spot) => spot.path);
}

function childValue(value: Value, part: string): Value | undefined {
  return isDoc(value) || Array.isArray(value) ? childOf(value, part) : undefined;
}

function elementsFor(
  spot: { path: string[]; value: Value | undefined },
  part: string,
  before: string,
  targets: ArrayTargets,
): { path: string[]; value: Value | undefined }[] {
  const at = (index: number) => ({
    path: [...spot.path, String(index)],
    value: Array.isArray(spot.value) ? spot.value[index] : undefined,
  });
  if (part === '$') {
    if (targets.matched === undefined) {
      throw new MongoError(
        2,
        'The positional operator did not find the match needed from the query.',
      );
    }
    return [at(targets.matched)];
  }
  if (spot.value === undefined) {
    throw new MongoError(
      2,
      `The path '${before}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(spot.value)) {
    const found = typeNameOf(spot.value);
    throw new MongoError(2, `Cannot apply array updates to non-array element ${before}: ${found}`);
  }
  const name = part.slice(2, -1);
  if (name === '') return spot.value.map((_, index) => at(index));
  const accepts = targets.filters.get(name);
  if (!accepts) {
    throw new MongoError(
      2,
      `No array filter found for identifier '${name}' in path '${before}.${part}'`,
    );
  }
  return spot.value.flatMap((item, index) => (accepts(item) ? [at(index)] : []));
}

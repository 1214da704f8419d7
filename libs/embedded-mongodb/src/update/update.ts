import type { Variables } from '../aggregate/context';
import { compilePipelineUpdate } from '../aggregate/update-pipeline';
import { deepCopy, type Doc, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError } from '../errors';
import { sameValue } from '../ordering/compare';
import { parseArrayFilters } from './array-filters';
import { applyOperators, parseOperatorUpdate } from './operator-update';

/** What an update knows about the document it is applied to. */
export interface UpdateTarget {
  /** The array index that the query matched. */
  readonly matched: number | undefined;
  /** True when the document is being made by an upsert. */
  readonly inserting: boolean;
}

/** A parsed update: gives the new document, never changes the old one. */
export interface Update {
  readonly kind: 'replacement' | 'operators' | 'pipeline';
  apply(doc: Doc, target: UpdateTarget): Doc;
}

/** Parses an update: a replacement, operators, or a pipeline. */
export function parseUpdate(
  given: Value | undefined,
  arrayFilters?: Value,
  variables: Variables = new Map(),
): Update {
  if (Array.isArray(given)) {
    if (arrayFilters !== undefined) {
      throw failedToParse('arrayFilters may not be specified for pipeline-style updates');
    }
    const run = compilePipelineUpdate(given, variables);
    return { kind: 'pipeline', apply: (doc) => keepingId(doc, run(doc)) };
  }
  if (!isDoc(given)) {
    throw failedToParse('Update argument must be either an object or an array');
  }
  const first = given.keys().next().value;
  if (first?.startsWith('$')) {
    const operators = parseOperatorUpdate(given, parseArrayFilters(arrayFilters));
    return { kind: 'operators', apply: (doc, target) => applyOperators(operators, doc, target) };
  }
  if (arrayFilters !== undefined && Array.isArray(arrayFilters) && arrayFilters.length > 0) {
    throw failedToParse('Cannot specify arrayFilters for replacement-style updates');
  }
  for (const name of given.keys()) {
    if (name.startsWith('$')) {
      throw new MongoError(
        52,
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
      );
    }
  }
  return { kind: 'replacement', apply: (doc) => replaced(doc, given) };
}

function replaced(doc: Doc, replacement: Doc): Doc {
  const id = doc.get('_id');
  const next: Doc = new Map();
  if (id !== undefined) next.set('_id', id);
  for (const [name, value] of replacement) {
    if (name !== '_id') next.set(name, deepCopy(value));
    else if (id === undefined) next.set('_id', value);
    else if (!sameValue(id, value)) throw immutableId('replacement');
  }
  return next;
}

function keepingId(before: Doc, after: Doc): Doc {
  const id = before.get('_id');
  if (id === undefined) return after;
  const now = after.get('_id');
  if (now !== undefined && !sameValue(now, id)) throw immutableId('update');
  const next: Doc = new Map([['_id', id]]);
  for (const [name, value] of after) if (name !== '_id') next.set(name, value);
  return next;
}

/** 66: the _id of a stored document never changes. */
export function immutableId(kind: 'replacement' | 'update'): MongoError {
  return new MongoError(
    66,
    kind === 'replacement'
      ? "After applying the update, the (immutable) field '_id' was found to have been altered to _id"
      : "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}

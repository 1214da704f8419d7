import { deepCopy, type Doc, isDoc, type Value } from '../bson/values';
import { display } from '../bson/display';
import { failedToParse, MongoError } from '../errors';
import { sameValue } from '../ordering/compare';
import { splitPath } from '../query/paths';
import { ARRAY_UPDATES } from './array-updates';
import { SCALAR_UPDATES } from './scalar-updates';
import type { UpdateTarget } from './update';
import { immutableId } from './update';
import { type ArrayTargets, concretePaths, getAt, setAtPath, unsetAt } from './update-paths';

/** Changes one value; undefined leaves a missing field missing. */
export type Change = (value: Value | undefined, id: Value) => Value | undefined;

/** Parses the operand of one operator on one field. */
export type ChangeParser = (operand: Value, path: string) => Change;

interface FieldUpdate {
  readonly operator: string;
  readonly path: readonly string[];
  readonly change: Change;
  readonly renameTo?: readonly string[];
}

/** The parsed operators of an update, in the order they are applied. */
export interface OperatorUpdate {
  readonly fields: readonly FieldUpdate[];
  readonly filters: ReadonlyMap<string, (value: Value) => boolean>;
}

const PARSERS: Readonly<Record<string, ChangeParser>> = { ...SCALAR_UPDATES, ...ARRAY_UPDATES };

/** Parses `{ $set: …, $inc: … }`; refuses unknown operators and conflicting paths. */
export function parseOperatorUpdate(
  given: Doc,
  filters: ReadonlyMap<string, (value: Value) => boolean>,
): OperatorUpdate {
  const fields: FieldUpdate[] = [];
  for (const [operator, operand] of given) {
    if (!Object.hasOwn(PARSERS, operator) && operator !== '$rename')
      throw unknownModifier(operator);
    if (!isDoc(operand)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${display(operand)} instead. For example: ` +
          `{$mod: {<field>: ...}} not {${operator}: ${display(operand)}}`,
      );
    }
    for (const [name, value] of operand) fields.push(parseField(operator, name, value));
  }
  refuseConflicts(fields);
  refuseUnusedFilters(fields, filters);
  // MongoDB applies them by the order of their paths, which shows in the order of new fields.
  fields.sort((a, b) => (a.path.join('.') < b.path.join('.') ? -1 : 1));
  return { fields, filters };
}

function unknownModifier(operator: string): MongoError {
  return failedToParse(
    operator.startsWith('$')
      ? `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`
      : `The field name '${operator}' must begin with '$' in an operator update`,
  );
}

function parseField(operator: string, name: string, operand: Value): FieldUpdate {
  const path = splitPath(name);
  if (name === '') throw new MongoError(56, 'An empty update path is not valid.');
  if (path.includes('')) {
    throw new MongoError(
      56,
      `The update path '${name}' contains an empty field name, which is not allowed.`,
    );
  }
  if (path[0]?.startsWith('$')) {
    throw new MongoError(
      2,
      `Cannot have positional (i.e. '$') element in the first position in path '${name}'`,
    );
  }
  if (operator !== '$rename') {
    return { operator, path, change: (PARSERS[operator] as ChangeParser)(operand, name) };
  }
  if (typeof operand !== 'string') {
    throw new MongoError(
      2,
      `The 'to' field for $rename must be a string: ${name}: ${display(operand)}`,
    );
  }
  if (operand === name)
    throw new MongoError(2, `The source and target field for $rename must differ: ${name}`);
  return { operator, path, change: (value) => value, renameTo: splitPath(operand) };
}

function refuseConflicts(fields: readonly FieldUpdate[]): void {
  const paths = fields
    .flatMap((field) => (field.renameTo ? [field.path, field.renameTo] : [field.path]))
    .map((path) => path.join('.'))
    .sort();
  for (let at = 1; at < paths.length; at++) {
    const [before, path] = [paths[at - 1] as string, paths[at] as string];
    if (path === before || path.startsWith(`${before}.`)) {
      throw new MongoError(
        40,
        `Updating the path '${path}' would create a conflict at '${before}'`,
      );
    }
  }
}

function refuseUnusedFilters(
  fields: readonly FieldUpdate[],
  filters: ReadonlyMap<string, unknown>,
): void {
  for (const name of filters.keys()) {
    if (!fields.some((field) => field.path.includes(`$[${name}]`))) {
      throw failedToParse(`The array filter for identifier '${name}' was not used in the update`);
    }
  }
}

/** The document after the update; the original stays as it was. */
export function applyOperators(update: OperatorUpdate, before: Doc, target: UpdateTarget): Doc {
  const doc = deepCopy(before) as Doc;
  const targets: ArrayTargets = { filters: update.filters, matched: target.matched };
  const id = before.get('_id') ?? null;
  for (const field of update.fields) {
    if (field.operator === '$setOnInsert' && !target.inserting) continue;
    if (field.renameTo) rename(doc, field.path, field.renameTo);
    else for (const path of concretePaths(doc, field.path, targets)) change(doc, path, field, id);
  }
  const oldId = before.get('_id');
  if (oldId !== undefined) {
    const newId = doc.get('_id');
    if (newId === undefined || !sameValue(newId, oldId)) throw immutableId('update');
  }
  return doc;
}

function change(doc: Doc, path: string[], field: FieldUpdate, id: Value): void {
  if (field.operator === '$unset') return unsetAt(doc, path);
  const before = getAt(doc, path);
  const after = field.change(before, id);
  if (after !== undefined && after !== before) setAtPath(doc, path, deepCopy(after));
}

function rename(doc: Doc, from: readonly string[], to: readonly string[]): void {
  for (let depth = 1; depth < from.length; depth++) {
    if (Array.isArray(getAt(doc, from.slice(0, depth)))) {
      throw new MongoError(2, `The source field cannot be an array element, '${from.join('.')}'`);
    }
  }
  const value = getAt(doc, from);
  if (value === undefined) return;
  for (let depth = 1; depth < to.length; depth++) {
    if (Array.isArray(getAt(doc, to.slice(0, depth)))) {
      throw new MongoError(
        2,
        `The destination field cannot be an array element, '${to.join('.')}'`,
      );
    }
  }
  unsetAt(doc, from);
  setAtPath(doc, to, value);
}

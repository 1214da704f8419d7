import { display } from '../bson/display';
import { typeNameOf } from '../bson/type-names';
import { BsonRegex, type Doc, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import { compareValues, sameValue } from '../ordering/compare';
import { elementTest } from '../query/field-operators';
import { matches } from '../query/filter';
import { FilterScope, isOperators, parseFilter } from '../query/parse-filter';
import { regexTest } from '../query/regex';
import { compareSortKeys, parseSort, sortKey } from '../query/sort';
import type { ChangeParser } from './operator-update';

function mustBeArray(value: Value | undefined, path: string, id: Value): Value[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  const name = path.split('.').at(-1);
  throw new MongoError(
    2,
    `The field '${name}' must be an array but is of type ${typeNameOf(value)} in document {_id: ${display(id)}}`,
  );
}

function each(operand: Value, operator: string): Value[] {
  if (!isDoc(operand) || !operand.has('$each')) return [operand];
  const items = operand.get('$each');
  if (Array.isArray(items)) return items;
  throw new MongoError(
    14,
    `The argument to $each in ${operator} must be an array but it was of type: ${typeNameOf(items)}`,
  );
}

function whole(value: Value, name: string): number {
  const integer = isNumeric(value) ? toInt64(value) : undefined;
  if (integer === undefined) {
    throw new MongoError(
      2,
      `The value for ${name} must be an integer value but was given type: ${typeNameOf(value)}`,
    );
  }
  return Number(integer);
}

const PUSH_CLAUSES = ['$each', '$position', '$slice', '$sort'];

const push: ChangeParser = (operand, path) => {
  const items = each(operand, '$push');
  const clauses: Doc = isDoc(operand) && operand.has('$each') ? operand : new Map();
  for (const name of clauses.keys()) {
    if (!PUSH_CLAUSES.includes(name))
      throw new MongoError(2, `Unrecognized clause in $push: ${name}`);
  }
  const position = clauses.get('$position');
  const slice = clauses.get('$slice');
  const at = position === undefined ? undefined : whole(position, '$position');
  const count = slice === undefined ? undefined : whole(slice, '$slice');
  const sort = clauses.get('$sort');
  const order = sort === undefined ? undefined : elementOrder(sort);
  return (value, id) => {
    const old = mustBeArray(value, path, id) ?? [];
    const start = at === undefined ? old.length : at < 0 ? Math.max(0, old.length + at) : at;
    let result = [...old.slice(0, start), ...items, ...old.slice(start)];
    if (order) result.sort(order);
    if (count !== undefined) result = count >= 0 ? result.slice(0, count) : result.slice(count);
    return result;
  };
};

function elementOrder(sort: Value): (a: Value, b: Value) => number {
  if (isDoc(sort)) {
    const fields = parseSort(sort);
    const key = (value: Value): Value[] => sortKey(fields, isDoc(value) ? value : new Map());
    return (a, b) => compareSortKeys(fields, key(a), key(b));
  }
  const direction = isNumeric(sort) ? toDouble(sort) : 0;
  if (direction !== 1 && direction !== -1) {
    throw new MongoError(2, 'The $sort element value must be either 1 or -1');
  }
  return (a, b) => compareValues(a, b) * direction;
}

const addToSet: ChangeParser = (operand, path) => {
  const items = each(operand, '$addToSet');
  return (value, id) => {
    const old = mustBeArray(value, path, id) ?? [];
    const result = [...old];
    for (const item of items) {
      if (!result.some((held) => sameValue(held, item))) result.push(item);
    }
    return value !== undefined && result.length === old.length ? value : result;
  };
};

const pop: ChangeParser = (operand, path) => {
  const direction = isNumeric(operand) ? toDouble(operand) : NaN;
  if (direction !== 1 && direction !== -1) {
    throw failedToParse(`$pop expects 1 or -1, found: ${display(operand)}`);
  }
  return (value, id) => {
    const old = value === undefined ? undefined : mustBePoppable(value, path, id);
    return old && (direction > 0 ? old.slice(0, -1) : old.slice(1));
  };
};

function mustBePoppable(value: Value, path: string, id: Value): Value[] {
  if (Array.isArray(value)) return value;
  throw new MongoError(
    14,
    `Path '${path}' contains an element of non-array type '${typeNameOf(value)}' in document {_id: ${display(id)}}`,
  );
}

const pull: ChangeParser = (operand, path) => {
  const doomed = pullTest(operand);
  return (value, id) => {
    const old = mustBePullable(value, path, id);
    const kept = old?.filter((item) => !doomed(item));
    return kept && kept.length === old?.length ? value : kept;
  };
};

function mustBePullable(value: Value | undefined, path: string, id: Value): Value[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw new MongoError(
    2,
    `Cannot apply $pull to a non-array value at '${path}' of {_id: ${display(id)}}`,
  );
}

function pullTest(operand: Value): (value: Value) => boolean {
  if (operand instanceof BsonRegex) return regexTest(operand);
  if (!isDoc(operand)) return (value) => sameValue(value, operand);
  if (isOperators(operand)) return elementTest(operand, new FilterScope(), 1);
  const filter = parseFilter(operand);
  return (value) => isDoc(value) && matches(filter, value);
}

const pullAll: ChangeParser = (operand, path) => {
  if (!Array.isArray(operand))
    throw new MongoError(
      2,
      `$pullAll requires an array argument but was given a ${typeNameOf(operand)}`,
    );
  return (value, id) =>
    mustBePullable(value, path, id)?.filter((item) => !operand.some((one) => sameValue(one, item)));
};

/** Update operators on arrays. */
export const ARRAY_UPDATES: Readonly<Record<string, ChangeParser>> = {
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
};

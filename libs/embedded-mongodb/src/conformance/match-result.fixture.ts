import { BSON, type Document } from 'mongodb';

/** Why an actual value differs from an expected one of the unified test format, or undefined. */
export function mismatch(
  expected: unknown,
  given: unknown,
  entities: ReadonlyMap<string, unknown>,
  path = 'result',
  root = true,
): string | undefined {
  const actual = given instanceof Map ? Object.fromEntries(given) : given;
  if (isPlain(expected)) {
    const [operator] = Object.keys(expected);
    if (operator?.startsWith('$$'))
      return special(operator, expected[operator], actual, entities, path);
    if (!isPlain(actual)) return `${path}: expected a document, found ${shown(actual)}`;
    for (const [key, value] of Object.entries(expected)) {
      const absent = isPlain(value) && '$$exists' in value && value.$$exists === false;
      if (absent ? key in actual : false) return `${path}.${key} must not exist`;
      if (absent) continue;
      const optional = isPlain(value) && '$$unsetOrMatches' in value;
      if (!optional && !(key in actual)) return `${path}.${key} is missing`;
      const inner = mismatch(value, actual[key], entities, `${path}.${key}`, false);
      if (inner) return inner;
    }
    // The Node driver adds `didUpsert` to what the specification names.
    const extra = root
      ? undefined
      : Object.keys(actual).find((key) => !(key in expected) && key !== 'didUpsert');
    return extra === undefined ? undefined : `${path}.${extra} is not expected`;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      return `${path}: expected ${expected.length} elements, found ${shown(actual)}`;
    }
    for (const [at, item] of expected.entries()) {
      const inner = mismatch(item, actual[at], entities, `${path}[${at}]`, root);
      if (inner) return inner;
    }
    return undefined;
  }
  return sameScalar(expected, actual)
    ? undefined
    : `${path}: expected ${shown(expected)}, found ${shown(actual)}`;
}

function special(
  operator: string,
  operand: unknown,
  actual: unknown,
  entities: ReadonlyMap<string, unknown>,
  path: string,
): string | undefined {
  switch (operator) {
    case '$$exists':
      return (actual !== undefined) === operand ? undefined : `${path}: existence differs`;
    case '$$unsetOrMatches':
      return actual === undefined || actual === null
        ? undefined
        : mismatch(operand, actual, entities, path, true);
    case '$$type': {
      const types = [operand].flat();
      return types.some((type) => hasType(String(type), actual))
        ? undefined
        : `${path}: not of type ${types.join()}`;
    }
    case '$$matchesEntity':
      return mismatch(entities.get(String(operand)), actual, entities, path, false);
    default:
      return `${path}: the operator ${operator} is not known`;
  }
}

function hasType(type: string, actual: unknown): boolean {
  if (type === 'object') return isPlain(actual);
  if (type === 'array') return Array.isArray(actual);
  if (type === 'bool') return typeof actual === 'boolean';
  if (type === 'objectId') return actual instanceof BSON.ObjectId;
  if (['int', 'long', 'double', 'number'].includes(type)) return typeof actual === 'number';
  return type === typeof actual;
}

/** Documents, and the result classes of the driver; not BSON types, dates and arrays. */
function isPlain(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !('_bsontype' in value) && !(value instanceof Date) && !(value instanceof Map);
}

function sameScalar(expected: unknown, actual: unknown): boolean {
  if (expected === null || expected === undefined) return actual === null || actual === undefined;
  return shown(expected) === shown(actual);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : BSON.EJSON.stringify(value as Document).slice(0, 300);
}

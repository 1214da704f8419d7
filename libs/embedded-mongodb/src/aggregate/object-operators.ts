import { deepCopy, type Doc, isDoc, type Value } from '../bson/values';
import { typeNameOf } from '../bson/type-names';
import { MongoError } from '../errors';
import { namedArguments, operator } from './arguments';
import type { OperatorTable } from './context';
import { isNullish } from './truth';

function requireDoc(value: Value, name: string, code: number): Doc {
  if (isDoc(value)) return value;
  throw new MongoError(code, `${name} requires an object, not ${typeNameOf(value)}`);
}

/** Operators that build and take apart documents. */
export const OBJECT_OPERATORS: OperatorTable = {
  $mergeObjects: operator(0, Infinity, (args, name) => {
    const merged: Doc = new Map();
    const sources = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
    for (const source of sources) {
      if (isNullish(source)) continue;
      for (const [field, value] of requireDoc(source, name, 40400)) merged.set(field, value);
    }
    return merged;
  }),
  $objectToArray: operator(1, 1, ([value], name) => {
    if (isNullish(value)) return null;
    return [...requireDoc(value, name, 40390)].map(
      ([k, v]): Doc =>
        new Map<string, Value>([
          ['k', k],
          ['v', v],
        ]),
    );
  }),
  $arrayToObject: operator(1, 1, ([value]) => {
    if (isNullish(value)) return null;
    if (!Array.isArray(value)) {
      throw new MongoError(
        40386,
        `$arrayToObject requires an array input, found: ${typeNameOf(value)}`,
      );
    }
    return new Map(value.map(keyAndValue));
  }),
  $getField: (operand, compile) => {
    const long = isDoc(operand) && operand.has('field');
    const field = compile(long ? ((operand as Doc).get('field') as Value) : operand);
    const input = compile(long ? ((operand as Doc).get('input') ?? '$$CURRENT') : '$$CURRENT');
    return (context) => {
      const source = input(context);
      const name = field(context);
      return isDoc(source) && typeof name === 'string' ? source.get(name) : undefined;
    };
  },
  $setField: (operand, compile, name) => {
    const args = namedArguments(operand, compile, name, ['field', 'input', 'value']);
    return (context) => {
      const source = args.input?.(context);
      if (isNullish(source)) return null;
      const copy = deepCopy(requireDoc(source, name, 4161105)) as Doc;
      const field = args.field?.(context);
      const value = args.value?.(context);
      if (typeof field !== 'string') throw new MongoError(4161106, '$setField needs a field name');
      if (value === undefined) copy.delete(field);
      else copy.set(field, value);
      return copy;
    };
  },
};

function keyAndValue(item: Value): [string, Value] {
  const [k, v] = Array.isArray(item)
    ? item
    : isDoc(item)
      ? [item.get('k'), item.get('v')]
      : [undefined, undefined];
  if (typeof k !== 'string' || v === undefined) {
    throw new MongoError(40392, '$arrayToObject requires pairs of a string key and a value');
  }
  return [k, v];
}

import { display } from '../bson/display';
import { typeNameOf } from '../bson/type-names';
import { BsonDate, isDoc, Timestamp, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { add, multiply } from '../numbers/arithmetic';
import { isNumeric, type Numeric } from '../numbers/compare-numbers';
import { compareValues } from '../ordering/compare';
import type { ChangeParser } from './operator-update';

function arithmetic(
  operator: '$inc' | '$mul',
  run: (a: Numeric, b: Numeric) => Numeric | undefined,
): ChangeParser {
  return (operand, path) => {
    const verb = operator === '$inc' ? 'increment' : 'multiply';
    if (!isNumeric(operand)) {
      throw new MongoError(
        14,
        `Cannot ${verb} with non-numeric argument: {${path}: ${display(operand)}}`,
      );
    }
    return (value, id) => {
      if (value === undefined) return operator === '$inc' ? operand : run(operand, 0);
      const name = path.split('.').at(-1);
      if (!isNumeric(value)) {
        throw new MongoError(
          14,
          `Cannot apply ${operator} to a value of non-numeric type. {_id: ${display(id)}} has the field '${name}' of non-numeric type ${typeNameOf(value)}`,
        );
      }
      const result = run(value, operand);
      if (result === undefined) {
        throw new MongoError(
          2,
          `Failed to apply ${operator} operations to current value ((${typeLabel(value)})${display(value)}) for document {_id: ${display(id)}}`,
        );
      }
      return result;
    };
  };
}

function typeLabel(value: Numeric): string {
  return typeof value === 'number' ? 'NumberInt' : 'NumberLong';
}

function extreme(direction: 1 | -1): ChangeParser {
  return (operand) => (value) =>
    value === undefined || compareValues(operand, value) * direction > 0 ? operand : value;
}

const currentDate: ChangeParser = (operand, path) => {
  const type = isDoc(operand)
    ? operand.get('$type')
    : operand === true || operand === false
      ? 'date'
      : undefined;
  if (type !== 'date' && type !== 'timestamp') {
    throw new MongoError(
      2,
      `${typeNameOf(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}) on '${path}'.`,
    );
  }
  return () => {
    const now = BigInt(Date.now());
    return type === 'date' ? new BsonDate(now) : new Timestamp(((now / 1000n) << 32n) | 1n);
  };
};

const BIT_RUNS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

const bit: ChangeParser = (operand, path) => {
  if (!isDoc(operand) || operand.size === 0) {
    throw new MongoError(
      2,
      `The $bit modifier is not compatible with a ${typeNameOf(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  }
  const steps = [...operand].map(([name, mask]) => {
    const run = Object.hasOwn(BIT_RUNS, name) ? BIT_RUNS[name] : undefined;
    if (!run)
      throw new MongoError(
        2,
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${display(mask)}}`,
      );
    if (typeof mask !== 'number' && typeof mask !== 'bigint') {
      throw new MongoError(
        2,
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeNameOf(mask)}' is not supported here: {${name}: ${display(mask)}}`,
      );
    }
    return { run, mask };
  });
  return (value) => {
    let result: Value = value ?? 0;
    for (const { run, mask } of steps) {
      if (typeof result !== 'number' && typeof result !== 'bigint') {
        throw new MongoError(
          2,
          `Cannot apply $bit to a value of non-integral type: ${path} has type ${typeNameOf(result)}`,
        );
      }
      const bits = run(BigInt(result), BigInt(mask));
      result = typeof result === 'number' && typeof mask === 'number' ? Number(bits) : bits;
    }
    return result;
  };
};

/** Update operators on single values. */
export const SCALAR_UPDATES: Readonly<Record<string, ChangeParser>> = {
  $set: (operand) => () => operand,
  $setOnInsert: (operand) => () => operand,
  $unset: () => () => undefined,
  $inc: arithmetic('$inc', add),
  $mul: arithmetic('$mul', multiply),
  $min: extreme(-1),
  $max: extreme(1),
  $currentDate: currentDate,
  $bit: bit,
};

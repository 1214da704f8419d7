import { type Doc, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { encodeKey } from '../ordering/key-encoding';
import { type Accumulator, ACCUMULATORS } from './accumulators';
import type { Expression, Variables } from './context';
import { compileExpression } from './expression';
import type { Stage } from './pipeline';

const GROUPS_MAX = 1_000_000;

interface GroupField {
  name: string;
  make: () => Accumulator;
  expression: Expression;
}

/** $group: one document per distinct `_id`, in order of first appearance. */
export function groupStage(operand: Value, variables: Variables): Stage {
  if (!isDoc(operand))
    throw new MongoError(15947, "a group's fields must be specified in an object");
  const id = operand.get('_id');
  if (id === undefined) throw new MongoError(15955, 'a group specification must include an _id');
  const keyOf = compileExpression(id, variables);
  const fields = [...operand]
    .filter(([name]) => name !== '_id')
    .map((field) => groupField(field, variables));
  return function* (input) {
    const groups = new Map<string, { id: Value; accumulators: Accumulator[] }>();
    for (const doc of input) {
      const context = { root: doc, current: doc, variables };
      const groupId = keyOf(context) ?? null;
      const key = encodeKey(groupId).toString('latin1');
      let group = groups.get(key);
      if (!group) {
        if (groups.size >= GROUPS_MAX)
          throw new MongoError(292, '$group exceeded its memory limit');
        group = { id: groupId, accumulators: fields.map((field) => field.make()) };
        groups.set(key, group);
      }
      for (let at = 0; at < fields.length; at++) {
        group.accumulators[at]?.add(fields[at]?.expression(context));
      }
    }
    for (const group of groups.values()) {
      const result: Doc = new Map([['_id', group.id]]);
      fields.forEach((field, at) =>
        result.set(field.name, group.accumulators[at]?.result() ?? null),
      );
      yield result;
    }
  };
}

function groupField([name, operand]: [string, Value], variables: Variables): GroupField {
  if (name.includes('.'))
    throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
  if (!isDoc(operand) || operand.size !== 1) {
    throw new MongoError(40234, `The field '${name}' must be an accumulator object`);
  }
  const [operator, argument] = [...operand][0] as [string, Value];
  const make = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (!make) throw new MongoError(15952, `unknown group operator '${operator}'`);
  return { name, make, expression: compileExpression(argument, variables) };
}

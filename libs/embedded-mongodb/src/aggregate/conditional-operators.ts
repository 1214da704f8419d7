import { isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { compileArguments, namedArguments, withVariables } from './arguments';
import type { Expression, OperatorTable } from './context';
import { isNullish, truthy } from './truth';

/** Choices and local variables. */
export const CONDITIONAL_OPERATORS: OperatorTable = {
  $cond: (operand, compile, name) => {
    const [test, then, otherwise] = isDoc(operand)
      ? orderedCond(namedArguments(operand, compile, name, ['if', 'then', 'else']))
      : compileArguments(operand, compile, name, 3, 3);
    return (context) => (truthy(test?.(context)) ? then?.(context) : otherwise?.(context));
  },
  $ifNull: (operand, compile, name) => {
    const args = compileArguments(operand, compile, name, 2, Infinity);
    return (context) => {
      let value: Value | undefined;
      for (const arg of args) {
        value = arg(context);
        if (!isNullish(value)) return value;
      }
      return value;
    };
  },
  $switch: (operand, compile) => {
    const branches = isDoc(operand) ? operand.get('branches') : undefined;
    if (!isDoc(operand) || !Array.isArray(branches) || branches.length === 0) {
      throw new MongoError(40068, '$switch requires at least one branch');
    }
    const cases = branches.map((branch) =>
      namedArguments(branch, compile, '$switch branch', ['case', 'then']),
    );
    const fallback = operand.has('default') ? compile(operand.get('default') as Value) : undefined;
    return (context) => {
      const chosen = cases.find((branch) => truthy(branch.case?.(context)));
      if (chosen) return chosen.then?.(context);
      if (fallback) return fallback(context);
      throw new MongoError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    };
  },
  $let: (operand, compile) => {
    const vars = isDoc(operand) ? operand.get('vars') : undefined;
    const inside = isDoc(operand) ? operand.get('in') : undefined;
    if (!isDoc(vars) || inside === undefined) {
      throw new MongoError(16876, "$let needs 'vars' and 'in'");
    }
    const names = [...vars.keys()];
    const values = [...vars.values()].map((value) => compile(value));
    const body = compile(inside, names);
    return (context) => {
      const added = names.map((name, index) => [name, values[index]?.(context)] as const);
      return body(withVariables(context, added));
    };
  },
};

function orderedCond(parts: Record<string, Expression>): Expression[] {
  return [parts.if, parts.then, parts.else] as Expression[];
}

import type { Value } from '../bson/values';
import { isDoc } from '../bson/values';
import { MongoError } from '../errors';
import type { Compile, EvalContext, Expression, OperatorCompiler } from './context';

/** An operator of a fixed or bounded number of arguments, evaluated before it runs. */
export function operator(
  min: number,
  max: number,
  run: (args: (Value | undefined)[], name: string) => Value | undefined,
): OperatorCompiler {
  return (operand, compile, name) => {
    const args = compileArguments(operand, compile, name, min, max);
    return (context) => run(evaluateAll(args, context), name);
  };
}

/** Compiles a list of arguments; a single one may stand without an array. */
export function compileArguments(
  operand: Value,
  compile: Compile,
  name: string,
  min: number,
  max: number,
): Expression[] {
  const items = Array.isArray(operand) ? operand : [operand];
  if (items.length < min || items.length > max) {
    const wanted = min === max ? `exactly ${min} arguments` : `at least ${min} and at most ${max}`;
    throw new MongoError(
      16020,
      `Expression ${name} takes ${wanted}. ${items.length} were passed in.`,
    );
  }
  return items.map((item) => compile(item));
}

function evaluateAll(args: readonly Expression[], context: EvalContext): (Value | undefined)[] {
  const values = new Array<Value | undefined>(args.length);
  for (let index = 0; index < args.length; index++) values[index] = args[index]?.(context);
  return values;
}

/** The named arguments of an operator that takes a document; unknown names are refused. */
export function namedArguments(
  operand: Value,
  compile: Compile,
  name: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Record<string, Expression> {
  if (!isDoc(operand)) {
    throw new MongoError(9, `${name} only supports an object as its argument`);
  }
  const compiled: Record<string, Expression> = {};
  for (const [key, value] of operand) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new MongoError(9, `Unrecognized argument to ${name}: ${key}`);
    }
    compiled[key] = compile(value);
  }
  for (const key of required) {
    if (!operand.has(key)) throw new MongoError(9, `Missing '${key}' parameter to ${name}`);
  }
  return compiled;
}

/** A context with more variables. */
export function withVariables(
  context: EvalContext,
  added: readonly (readonly [string, Value | undefined])[],
): EvalContext {
  const variables = new Map(context.variables);
  for (const [name, value] of added) variables.set(name, value);
  return { ...context, variables };
}

import { typeNameOf } from '../bson/type-names';
import { Double, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { divide } from '../numbers/arithmetic';
import { isNumeric, type Numeric, toDouble } from '../numbers/compare-numbers';
import { compareValues } from '../ordering/compare';
import { compareSortKeys, parseSort, sortKey } from '../query/sort';
import { compileArguments, namedArguments, withVariables } from './arguments';
import { sum } from './arithmetic-operators';
import type { Compile, Expression, OperatorCompiler, OperatorTable } from './context';
import { isNullish, truthy } from './truth';

function required(operand: Value, name: string, field: string): Value {
  const value = isDoc(operand) ? operand.get(field) : undefined;
  if (value === undefined) throw new MongoError(16879, `Missing '${field}' parameter to ${name}`);
  return value;
}

function variableName(operand: Value): string {
  const named = isDoc(operand) ? operand.get('as') : undefined;
  return typeof named === 'string' ? named : 'this';
}

function items(value: Value | undefined, name: string): Value[] | null {
  if (isNullish(value)) return null;
  if (Array.isArray(value)) return value;
  throw new MongoError(16883, `input to ${name} must be an array not ${typeNameOf(value)}`);
}

const map: OperatorCompiler = (operand, compile, name) => {
  const input = compile(required(operand, name, 'input'));
  const as = variableName(operand);
  const body = compile(required(operand, name, 'in'), [as]);
  return (context) =>
    items(input(context), name)?.map(
      (item) => body(withVariables(context, [[as, item]])) ?? null,
    ) ?? null;
};

const filter: OperatorCompiler = (operand, compile, name) => {
  const input = compile(required(operand, name, 'input'));
  const as = variableName(operand);
  const condition = compile(required(operand, name, 'cond'), [as]);
  const limit = limitOf(operand, compile);
  return (context) => {
    const most = limit(context);
    const kept: Value[] = [];
    const all = items(input(context), name);
    for (const item of all ?? []) {
      if (kept.length >= most) break;
      if (truthy(condition(withVariables(context, [[as, item]])))) kept.push(item);
    }
    return all === null ? null : kept;
  };
};

function limitOf(operand: Value, compile: Compile): (context: Parameters<Expression>[0]) => number {
  const limit = isDoc(operand) ? operand.get('limit') : undefined;
  if (limit === undefined) return () => Infinity;
  const compiled = compile(limit);
  return (context) => {
    const value = compiled(context);
    return value !== undefined && isNumeric(value) ? toDouble(value) : Infinity;
  };
}

const reduce: OperatorCompiler = (operand, compile, name) => {
  const input = compile(required(operand, name, 'input'));
  const initial = compile(required(operand, name, 'initialValue'));
  const body = compile(required(operand, name, 'in'), ['this', 'value']);
  return (context) => {
    const all = items(input(context), name);
    if (all === null) return null;
    let value = initial(context);
    for (const item of all) {
      const added = [['this', item] as const, ['value', value] as const];
      value = body(withVariables(context, added));
    }
    return value;
  };
};

const sortArray: OperatorCompiler = (operand, compile, name) => {
  const input = compile(required(operand, name, 'input'));
  const by = required(operand, name, 'sortBy');
  if (isDoc(by)) {
    const fields = parseSort(by);
    const keyOf = (item: Value): Value[] => sortKey(fields, isDoc(item) ? item : new Map());
    return (context) =>
      items(input(context), name)
        ?.map((item) => ({ item, key: keyOf(item) }))
        .sort((a, b) => compareSortKeys(fields, a.key, b.key))
        .map(({ item }) => item) ?? null;
  }
  const direction = isNumeric(by) && toDouble(by) < 0 ? -1 : 1;
  return (context) => {
    const all = items(input(context), name);
    return all && [...all].sort((a, b) => compareValues(a, b) * direction);
  };
};

/** The operands of $sum and $avg as expressions: the elements of one array, or all arguments. */
function folded(run: (values: (Value | undefined)[]) => Value): OperatorCompiler {
  return (operand, compile, name) => {
    const args = compileArguments(operand, compile, name, 0, Infinity);
    return (context) => {
      const values = args.map((arg) => arg(context));
      return run(values.length === 1 && Array.isArray(values[0]) ? values[0] : values);
    };
  };
}

const numbers = (values: (Value | undefined)[]): Numeric[] =>
  values.filter((value): value is Numeric => value !== undefined && isNumeric(value));

const zip: OperatorCompiler = (operand, compile, name) => {
  const args = namedArguments(operand, compile, name, ['inputs'], ['useLongestLength', 'defaults']);
  return (context) => {
    const inputs = items(args.inputs?.(context), name);
    if (inputs === null || inputs.some(isNullish)) return null;
    const lists = inputs.map((input) => items(input, name) ?? []);
    const defaults = args.defaults?.(context);
    const lengths = lists.map((list) => list.length);
    const longest = truthy(args.useLongestLength?.(context));
    const length = longest ? Math.max(0, ...lengths) : Math.min(...lengths);
    const fallback = (at: number): Value =>
      Array.isArray(defaults) ? (defaults[at] ?? null) : null;
    return Array.from({ length }, (_, at) => lists.map((list, of) => list[at] ?? fallback(of)));
  };
};

/** Operators that evaluate an expression per element, or fold an array. */
export const ARRAY_SCOPE_OPERATORS: OperatorTable = {
  $map: map,
  $filter: filter,
  $reduce: reduce,
  $sortArray: sortArray,
  $zip: zip,
  $sum: folded((values) => numbers(values).reduce<Numeric>(sum, 0)),
  $avg: folded((values) => {
    const all = numbers(values);
    if (all.length === 0) return null;
    return divide(all.reduce<Numeric>(sum, new Double(0)), all.length);
  }),
};

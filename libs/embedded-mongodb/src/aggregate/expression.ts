import { isDoc, type Doc, type Value } from '../bson/values';
import { failedToParse, MongoError } from '../errors';
import { ARITHMETIC_OPERATORS } from './arithmetic-operators';
import { ARRAY_OPERATORS } from './array-operators';
import { ARRAY_SCOPE_OPERATORS } from './array-scope-operators';
import { COMPARISON_OPERATORS } from './comparison-operators';
import { CONDITIONAL_OPERATORS } from './conditional-operators';
import type { Compile, EvalContext, Expression, OperatorTable } from './context';
import { CONVERSION_OPERATORS } from './conversion-operators';
import { DATE_OPERATORS } from './date-operators';
import { OBJECT_OPERATORS } from './object-operators';
import { STRING_OPERATORS } from './string-operators';
import { DEPTH_MAX } from '../bson/bson-error';

const OPERATORS: OperatorTable = {
  ...ARITHMETIC_OPERATORS,
  ...ARRAY_OPERATORS,
  ...ARRAY_SCOPE_OPERATORS,
  ...COMPARISON_OPERATORS,
  ...CONDITIONAL_OPERATORS,
  ...CONVERSION_OPERATORS,
  ...DATE_OPERATORS,
  ...OBJECT_OPERATORS,
  ...STRING_OPERATORS,
};

/** Marks a field that an expression takes out of the result. */
export const REMOVE = 'REMOVE';
const SYSTEM_NAMES = ['ROOT', 'CURRENT', REMOVE, 'NOW', 'CLUSTER_TIME'];

/** Compiles an aggregation expression; refuses unknown operators (168) and variables (17276). */
export function compileExpression(
  value: Value,
  known: { has(name: string): boolean } = new Set(),
): Expression {
  return compileWith(value, (name) => SYSTEM_NAMES.includes(name) || known.has(name), 0);
}

function compileWith(value: Value, known: (name: string) => boolean, depth: number): Expression {
  if (depth > DEPTH_MAX) throw failedToParse('the expression is nested too deeply');
  const compile: Compile = (operand, extra = []) => {
    const inner = extra.length > 0 ? (name: string) => extra.includes(name) || known(name) : known;
    return compileWith(operand, inner, depth + 1);
  };
  if (typeof value === 'string') {
    if (value.startsWith('$$')) return variable(value.slice(2), known);
    return value.startsWith('$') ? fieldPath(value.slice(1)) : () => value;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => compile(item));
    return (context) => items.map((item) => item(context) ?? null);
  }
  if (!isDoc(value)) return () => value;
  const first = value.keys().next().value;
  return first?.startsWith('$') ? operatorOf(value, first, compile) : document(value, compile);
}

function operatorOf(value: Doc, name: string, compile: Compile): Expression {
  if (value.size > 1) {
    const message = 'an object representing an expression must have exactly one field';
    throw new MongoError(15983, `${message}: ${[...value.keys()].join(', ')}`);
  }
  const operand = value.get(name) as Value;
  if (name === '$literal' || name === '$const') return () => operand;
  const compiler = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!compiler) throw new MongoError(168, `Unrecognized expression '${name}'`);
  return compiler(operand, compile, name);
}

function document(value: Doc, compile: Compile): Expression {
  const fields = [...value].map(([name, operand]) => {
    if (name.includes('.')) {
      throw new MongoError(
        16412,
        `FieldPath field names may not contain '.'. Consider using $setField.`,
      );
    }
    return [name, compile(operand)] as const;
  });
  return (context) => {
    const result: Doc = new Map();
    for (const [name, expression] of fields) {
      const field = expression(context);
      if (field !== undefined) result.set(name, field);
    }
    return result;
  };
}

function variable(path: string, known: (name: string) => boolean): Expression {
  const [name = '', ...rest] = path.split('.');
  if (name === '') throw failedToParse('empty variable names are not allowed');
  if (!known(name)) throw new MongoError(17276, `Use of undefined variable: ${name}`);
  if (name === 'ROOT') return (context) => valueAlong(context.root, rest, 0);
  if (name === 'CURRENT') return (context) => valueAlong(context.current, rest, 0);
  if (name === REMOVE) return () => undefined;
  return (context) => valueAlong(context.variables.get(name), rest, 0);
}

function fieldPath(path: string): Expression {
  const parts = path.split('.');
  if (path === '') throw new MongoError(16872, "'$' by itself is not a valid FieldPath");
  if (parts.includes(''))
    throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
  if (parts.length === 1) {
    return ({ current }: EvalContext) => (isDoc(current) ? current.get(path) : undefined);
  }
  return (context) => valueAlong(context.current, parts, 0);
}

/** Follows a path; through an array it gives the array of what its documents have there. */
export function valueAlong(
  value: Value | undefined,
  parts: readonly string[],
  depth: number,
): Value | undefined {
  if (depth === parts.length) return value;
  if (isDoc(value)) return valueAlong(value.get(parts[depth] as string), parts, depth + 1);
  if (!Array.isArray(value)) return undefined;
  const found: Value[] = [];
  for (const item of value) {
    const inner = isDoc(item) || Array.isArray(item) ? valueAlong(item, parts, depth) : undefined;
    if (inner !== undefined) found.push(inner);
  }
  return found;
}

/** Evaluates on one document. */
export function evaluate(
  expression: Expression,
  doc: Doc,
  variables: EvalContext['variables'],
): Value | undefined {
  return expression({ root: doc, current: doc, variables });
}

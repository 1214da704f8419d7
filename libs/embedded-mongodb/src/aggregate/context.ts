import type { Doc, Value } from '../bson/values';

/** Values of user and system variables, by name without `$$`. */
export type Variables = ReadonlyMap<string, Value | undefined>;

/** What an expression is evaluated on. */
export interface EvalContext {
  readonly root: Doc;
  readonly current: Value;
  readonly variables: Variables;
}

/** A compiled expression; undefined is a missing value. */
export type Expression = (context: EvalContext) => Value | undefined;

/** Compiles a part of an expression, with further variable names known inside it. */
export type Compile = (operand: Value, extraNames?: readonly string[]) => Expression;

/** Compiles one operator from its operand. */
export type OperatorCompiler = (operand: Value, compile: Compile, name: string) => Expression;

/** A table of operators of one family. */
export type OperatorTable = Readonly<Record<string, OperatorCompiler>>;

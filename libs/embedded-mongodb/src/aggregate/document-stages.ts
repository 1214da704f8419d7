import { typeNameOf } from '../bson/type-names';
import { deepCopy, type Doc, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError } from '../errors';
import { compileProjection, exclude, setAt, treeOf } from '../query/projection';
import type { Variables } from './context';
import { compileExpression } from './expression';

/** A stage that turns each document into one other. */
export type DocumentStage = (doc: Doc) => Doc;

/** Compiles a stage that needs one document only; undefined when the name is of another kind. */
export function documentStage(
  name: string,
  operand: Value,
  variables: Variables,
): DocumentStage | undefined {
  switch (name) {
    case '$project': {
      if (!isDoc(operand)) throw new MongoError(15969, '$project specification must be an object');
      if (operand.size === 0)
        throw new MongoError(
          51272,
          'Invalid $project :: caused by :: projection specification must have at least one field',
        );
      const project = compileProjection(operand, variables);
      return project ? (doc) => project(doc) : (doc) => doc;
    }
    case '$set':
    case '$addFields':
      return addFields(name, operand, variables);
    case '$unset': {
      const names = Array.isArray(operand) ? operand : [operand];
      if (!names.every((one): one is string => typeof one === 'string')) {
        throw new MongoError(31002, '$unset specification must be a string or an array');
      }
      const tree = treeOf(names);
      return (doc) => exclude(doc, tree);
    }
    case '$replaceRoot':
      if (!isDoc(operand) || !operand.has('newRoot')) {
        throw failedToParse("BSON field '$replaceRoot.newRoot' is missing but a required field");
      }
      return replaceRoot(operand.get('newRoot') as Value, variables);
    case '$replaceWith':
      return replaceRoot(operand, variables);
    default:
      return undefined;
  }
}

function addFields(name: string, operand: Value, variables: Variables): DocumentStage {
  if (!isDoc(operand)) {
    throw new MongoError(
      40272,
      `${name} specification stage must be an object, got ${typeNameOf(operand)}`,
    );
  }
  const fields = [...computedFields(operand, [])].map(([path, value]) => ({
    path,
    expression: compileExpression(value, variables),
  }));
  treeOf(fields.map((field) => field.path.join('.')));
  return (doc) => {
    const result = new Map(doc);
    for (const { path, expression } of fields) {
      const value = expression({ root: doc, current: doc, variables });
      if (value !== undefined) setAt(result, path, 0, deepCopy(value));
      else if (path.length === 1) result.delete(path[0] as string);
    }
    return result;
  };
}

/** Nested documents that are no expressions add single fields to what is there. */
function* computedFields(spec: Doc, prefix: readonly string[]): Generator<[string[], Value]> {
  for (const [name, value] of spec) {
    const path = [...prefix, ...name.split('.')];
    const nested = isDoc(value) && value.size > 0 && ![...value.keys()][0]?.startsWith('$');
    if (nested) yield* computedFields(value, path);
    else yield [path, value];
  }
}

function replaceRoot(operand: Value, variables: Variables): DocumentStage {
  const expression = compileExpression(operand, variables);
  return (doc) => {
    const root = expression({ root: doc, current: doc, variables });
    if (isDoc(root)) return root;
    throw new MongoError(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was of type: ${typeNameOf(root)}`,
    );
  };
}

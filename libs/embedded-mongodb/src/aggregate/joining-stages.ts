import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { failedToParse } from '../errors';
import { setAt } from '../query/projection';
import { valueAlong } from './expression';
import { compileExpression } from './expression';
import { compilePipeline, type PipelineScope, type Stage, stageSpecs } from './pipeline';

/** $lookup by equality of two fields, or by a pipeline with variables, or both. */
export function lookupStage(operand: Value, scope: PipelineScope): Stage {
  const spec = isDoc(operand) ? operand : new Map<string, Value>();
  const from = spec.get('from');
  const as = spec.get('as');
  if (typeof from !== 'string' || typeof as !== 'string') {
    throw failedToParse("$lookup needs the strings 'from' and 'as'");
  }
  const localField = spec.get('localField');
  const foreignField = spec.get('foreignField');
  const pipeline = spec.get('pipeline');
  const joins = typeof localField === 'string' && typeof foreignField === 'string';
  if (!joins && pipeline === undefined) {
    throw failedToParse(
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField'",
    );
  }
  const lets = isDoc(spec.get('let')) ? [...(spec.get('let') as Doc)] : [];
  const values = lets.map(
    ([name, value]) => [name, compileExpression(value, scope.variables)] as const,
  );
  const specs = pipeline === undefined ? [] : stageSpecs(pipeline);
  return function* (input) {
    for (const doc of input) {
      const context = { root: doc, current: doc, variables: scope.variables };
      const inner = new Map(scope.variables);
      for (const [name, expression] of values) inner.set(name, expression(context));
      const filter = joins ? joinFilter(doc, localField, foreignField) : new Map<string, Value>();
      const run = compilePipeline(specs, { ...scope, variables: inner });
      const result = new Map(doc);
      setAt(result, as.split('.'), 0, [...run(scope.collection(from, filter))]);
      yield result;
    }
  };
}

function joinFilter(doc: Doc, localField: string, foreignField: string): Doc {
  const value = valueAlong(doc, localField.split('.'), 0) ?? null;
  const operand = Array.isArray(value) ? docOf({ $in: value }) : docOf({ $eq: value });
  return docOf({ [foreignField]: operand });
}

/** $unionWith: the documents of another collection behind those of this one. */
export function unionStage(operand: Value, scope: PipelineScope): Stage {
  const from = isDoc(operand) ? operand.get('coll') : operand;
  const pipeline = isDoc(operand) ? operand.get('pipeline') : undefined;
  if (typeof from !== 'string') throw failedToParse('$unionWith needs the name of a collection');
  const run = compilePipeline(pipeline === undefined ? [] : stageSpecs(pipeline), scope);
  return function* (input) {
    yield* input;
    yield* run(scope.collection(from, new Map()));
  };
}

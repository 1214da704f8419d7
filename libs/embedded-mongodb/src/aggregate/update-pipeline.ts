import { type Doc, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError } from '../errors';
import type { Variables } from './context';
import { documentStage } from './document-stages';

const ALLOWED = ['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith'];

/** Compiles the pipeline form of an update: stages that turn one document into one. */
export function compilePipelineUpdate(
  stages: readonly Value[],
  variables: Variables,
): (doc: Doc) => Doc {
  const steps = stages.map((stage) => {
    if (!isDoc(stage) || stage.size !== 1) {
      throw failedToParse('A pipeline stage specification object must contain exactly one field.');
    }
    const [name, operand] = [...stage][0] as [string, Value];
    const step = ALLOWED.includes(name) ? documentStage(name, operand, variables) : undefined;
    if (!step) throw new MongoError(72, `${name} is not allowed to be used within an update`);
    return step;
  });
  return (doc) => steps.reduce((current, step) => step(current), doc);
}

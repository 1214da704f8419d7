import { encodeDoc } from '../bson/encode';
import { display } from '../bson/display';
import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError, notImplemented } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric } from '../numbers/compare-numbers';
import { matches } from '../query/filter';
import { type Deadline, sliced, sorted } from '../query/find-rows';
import { FilterScope, parseFilter } from '../query/parse-filter';
import { parseSort } from '../query/sort';
import type { Variables } from './context';
import { documentStage } from './document-stages';
import { groupStage } from './group-stage';
import { lookupStage, unionStage } from './joining-stages';
import { facetStage, sampleStage, sortByCountStage, unwindStage } from './shaping-stages';

/** A stage turns a stream of documents into another. */
export type Stage = (input: Iterable<Doc>) => Iterable<Doc>;

/** What stages need from outside. */
export interface PipelineScope {
  readonly variables: Variables;
  readonly deadline: Deadline;
  /** The documents of another collection of the same database that pass a filter. */
  readonly collection: (name: string, filter: Doc) => Iterable<Doc>;
}

const STAGES_MAX = 1_000;

/** One stage as a client gave it. */
export interface StageSpec {
  readonly name: string;
  readonly operand: Value;
}

/** Splits a pipeline into named stages; refuses anything else than one field per stage. */
export function stageSpecs(pipeline: Value | undefined): StageSpec[] {
  if (!Array.isArray(pipeline))
    throw new MongoError(14, "'pipeline' option must be specified as an array");
  if (pipeline.length > STAGES_MAX)
    throw failedToParse(`Pipeline length must be no longer than ${STAGES_MAX} stages`);
  return pipeline.map((stage) => {
    if (!isDoc(stage))
      throw new MongoError(14, "Each element of the 'pipeline' array must be an object");
    if (stage.size !== 1) {
      throw new MongoError(
        40323,
        'A pipeline stage specification object must contain exactly one field.',
      );
    }
    const [name, operand] = [...stage][0] as [string, Value];
    return { name, operand };
  });
}

/** Compiles stages into one. */
export function compilePipeline(specs: readonly StageSpec[], scope: PipelineScope): Stage {
  const stages = specs.map((spec) => timed(compileStage(spec, scope), scope.deadline));
  return (input) => stages.reduce((stream, stage) => stage(stream), input);
}

/** The stage under the time limit: it may make many documents of few, long after they were read. */
function timed(stage: Stage, deadline: Deadline): Stage {
  if (!deadline.limited) return stage;
  return function* (input) {
    for (const doc of stage(input)) {
      deadline.check();
      yield doc;
    }
  };
}

function compileStage({ name, operand }: StageSpec, scope: PipelineScope): Stage {
  const perDocument = documentStage(name, operand, scope.variables);
  if (perDocument) {
    return function* (input) {
      for (const doc of input) yield perDocument(doc);
    };
  }
  const compile = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
  if (!compile) throw refusedStage(name);
  return compile(operand, scope);
}

const FIRST_ONLY = ['$collStats', '$indexStats', '$documents', '$changeStream'];
const LAST_ONLY = ['$out', '$merge'];
/** Stages that MongoDB has and this server has not: no typing error, so it is told apart from one. */
const NOT_HERE = new Set(
  '$bucket $bucketAuto $currentOp $densify $fill $geoNear $graphLookup $listSearchIndexes $listSessions $planCacheStats $queryStats $rankFusion $redact $scoreFusion $search $searchMeta $setWindowFields $vectorSearch'.split(
    ' ',
  ),
);

function refusedStage(name: string): MongoError {
  if (FIRST_ONLY.includes(name)) {
    return new MongoError(40602, `${name} is only valid as the first stage in a pipeline.`);
  }
  if (LAST_ONLY.includes(name)) {
    return new MongoError(40601, `${name} can only be the final stage in the pipeline`);
  }
  if (NOT_HERE.has(name))
    return notImplemented(`the stage ${name} is not supported by this server`);
  return new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
}

/** A whole number of at least `least`, as $skip and $limit take it. */
export function wholeNumber(name: string, operand: Value, least: bigint, code: number): number {
  const integer = isNumeric(operand) ? toInt64(operand) : undefined;
  if (integer === undefined || integer < least) {
    throw new MongoError(
      code,
      `invalid argument to ${name} stage: Expected a ${least > 0n ? 'positive' : 'non-negative'} number in: ${name}: ${display(operand)}`,
    );
  }
  return Number(integer);
}

const STAGES: Readonly<Record<string, (operand: Value, scope: PipelineScope) => Stage>> = {
  $match: (operand, scope) => {
    if (!isDoc(operand))
      throw new MongoError(15959, 'the match filter must be an expression in an object');
    const filter = parseFilter(operand, new FilterScope(scope.variables));
    return function* (input) {
      for (const doc of input) if (matches(filter, doc)) yield doc;
    };
  },
  $sort: (operand) => {
    if (!isDoc(operand))
      throw new MongoError(15973, 'the $sort key specification must be an object');
    if (operand.size === 0)
      throw new MongoError(15976, '$sort stage must have at least one sort key');
    const fields = parseSort(operand);
    return (input) =>
      sorted(
        input,
        fields,
        Infinity,
        (doc) => doc,
        (doc) => encodeDoc(doc).length,
      );
  },
  $skip: (operand) => {
    const count = wholeNumber('$skip', operand, 0n, 5107200);
    return (input) => sliced(input, count, Infinity);
  },
  $limit: (operand) => {
    const count = wholeNumber('$limit', operand, 1n, 15958);
    return (input) => sliced(input, 0, count);
  },
  $count: (operand) => {
    if (typeof operand !== 'string' || operand === '') {
      throw new MongoError(40156, 'the count field must be a non-empty string');
    }
    if (operand.startsWith('$'))
      throw new MongoError(40158, 'the count field cannot be a $-prefixed path');
    if (operand.includes('.')) throw new MongoError(40160, "the count field cannot contain '.'");
    return function* (input) {
      let count = 0;
      for (const doc of input) count += doc ? 1 : 0;
      if (count > 0) yield docOf({ [operand]: count });
    };
  },
  $group: (operand, scope) => groupStage(operand, scope.variables),
  $unwind: unwindStage,
  $sortByCount: sortByCountStage,
  $sample: sampleStage,
  $facet: facetStage,
  $lookup: lookupStage,
  $unionWith: unionStage,
};

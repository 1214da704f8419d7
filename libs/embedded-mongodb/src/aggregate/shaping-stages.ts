import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { failedToParse, MongoError } from '../errors';
import { setAt } from '../query/projection';
import { valueAlong } from './expression';
import {
  compilePipeline,
  type PipelineScope,
  type Stage,
  stageSpecs,
  wholeNumber,
} from './pipeline';
import { truthy } from './truth';

/** $unwind: one document per array element. */
export function unwindStage(operand: Value): Stage {
  const spec: Doc = isDoc(operand) ? operand : docOf({ path: operand });
  const path = spec.get('path');
  if (typeof path !== 'string' || !path.startsWith('$') || path.length < 2) {
    throw new MongoError(28818, `path option to $unwind stage should be prefixed with a '$'`);
  }
  const parts = path.slice(1).split('.');
  const keepsEmpty = truthy(spec.get('preserveNullAndEmptyArrays'));
  const indexName = spec.get('includeArrayIndex');
  const withIndex = (doc: Doc, index: bigint | null): Doc => {
    if (typeof indexName === 'string') setAt(doc, indexName.split('.'), 0, index);
    return doc;
  };
  return function* (input) {
    for (const doc of input) {
      const value = valueAlong(doc, parts, 0);
      if (Array.isArray(value) && value.length > 0) {
        for (let at = 0; at < value.length; at++) {
          const copy = new Map(doc);
          setAt(copy, parts, 0, value[at] as Value);
          yield withIndex(copy, BigInt(at));
        }
      } else if (value !== undefined && value !== null && !Array.isArray(value)) {
        yield withIndex(new Map(doc), null);
      } else if (keepsEmpty) {
        const copy = new Map(doc);
        if (Array.isArray(value) && parts.length === 1) copy.delete(parts[0] as string);
        yield withIndex(copy, null);
      }
    }
  };
}

/** $sortByCount: groups and counts, the most frequent first. */
export function sortByCountStage(operand: Value, scope: PipelineScope): Stage {
  const group = docOf({ _id: operand, count: docOf({ $sum: 1 }) });
  return compilePipeline(
    [
      { name: '$group', operand: group },
      { name: '$sort', operand: docOf({ count: -1 }) },
    ],
    scope,
  );
}

/** $sample: a uniform choice without replacement, by reservoir. */
export function sampleStage(operand: Value): Stage {
  const size = isDoc(operand) ? operand.get('size') : undefined;
  if (size === undefined) throw new MongoError(28749, '$sample stage must specify a size');
  const count = wholeNumber('$sample', size, 1n, 28747);
  return function* (input) {
    const chosen: Doc[] = [];
    let seen = 0;
    for (const doc of input) {
      seen++;
      if (chosen.length < count) chosen.push(doc);
      else {
        const at = Math.floor(Math.random() * seen);
        if (at < count) chosen[at] = doc;
      }
    }
    yield* chosen;
  };
}

const FACET_DOCUMENTS_MAX = 100_000;

/** $facet: several pipelines over the same documents, one array field each. */
export function facetStage(operand: Value, scope: PipelineScope): Stage {
  if (!isDoc(operand) || operand.size === 0) {
    throw new MongoError(40169, 'the $facet specification must be a non-empty object');
  }
  const facets = [...operand].map(([name, pipeline]) => {
    if (name.startsWith('$') || name.includes('.'))
      throw failedToParse(`invalid facet name '${name}'`);
    return [name, compilePipeline(stageSpecs(pipeline), scope)] as const;
  });
  return function* (input) {
    const docs: Doc[] = [];
    for (const doc of input) {
      if (docs.length >= FACET_DOCUMENTS_MAX)
        throw new MongoError(292, '$facet exceeded its memory limit');
      docs.push(doc);
    }
    const result: Doc = new Map();
    for (const [name, run] of facets) result.set(name, [...run(docs)]);
    yield result;
  };
}

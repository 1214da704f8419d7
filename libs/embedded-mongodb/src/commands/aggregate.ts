import {
  compilePipeline,
  type PipelineScope,
  type StageSpec,
  stageSpecs,
  wholeNumber,
} from '../aggregate/pipeline';
import type { Variables } from '../aggregate/context';
import { BsonDate, type Doc, docOf, isDoc, RawDoc, type Value } from '../bson/values';
import { decodeDoc } from '../bson/decode';
import { failedToParse, MongoError } from '../errors';
import { refuseCollation } from '../indexes/index-spec';
import { type Deadline, findRows, type RowQuery } from '../query/find-rows';
import { FilterScope, parseFilter } from '../query/parse-filter';
import { parseSort } from '../query/sort';
import type { Catalog } from '../storage/catalog';
import type { MongoStore } from '../storage/mongo-store';
import type { Reader } from '../storage/reader';
import {
  collectionName,
  type CommandContext,
  type CommandHandler,
  countArgument,
  deadlineOf,
  docArgument,
} from './command-context';
import { writeResults } from './merge';
import { collStatsDoc } from './statistics';
import { variablesOf } from './write-target';

/** One consistent state that a pipeline reads. */
interface PipelineSource {
  readonly store: MongoStore;
  readonly reader: Reader;
  readonly catalog: Catalog;
  readonly database: string;
  readonly deadline: Deadline;
}

/** aggregate. */
export const aggregate: CommandHandler = (context) => {
  const { server, body, database } = context;
  const onDatabase = body.get('aggregate') === 1;
  const name = onDatabase ? '$cmd.aggregate' : collectionName(context);
  const specs = stageSpecs(body.get('pipeline'));
  refuseCollation(body.get('collation'));
  const options = docArgument(body, 'cursor');
  if (!options) {
    throw failedToParse(
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  const variables = variablesOf(body);
  const last = specs.at(-1);
  const writes = last?.name === '$out' || last?.name === '$merge';
  const { reader, catalog } = server.store.snapshot();
  const source = { store: server.store, reader, catalog, database, deadline: deadlineOf(body) };
  try {
    const items = runPipeline(
      source,
      name,
      writes ? specs.slice(0, -1) : specs,
      variables,
      body.get('hint'),
    );
    if (writes && last) return finishWrite(context, last, items, () => reader.close());
    return server.cursors.start({
      namespace: `${database}.${name}`,
      items,
      batchSize: options && countArgument(options, 'batchSize'),
      deadline: source.deadline,
      close: () => reader.close(),
    });
  } catch (error) {
    reader.close();
    throw error;
  }
};

async function finishWrite(
  context: CommandContext,
  stage: StageSpec,
  items: Iterable<Doc | RawDoc>,
  close: () => void,
): Promise<Doc> {
  const docs: Doc[] = [];
  try {
    for (const item of items) docs.push(item instanceof RawDoc ? decodeDoc(item.bytes) : item);
  } finally {
    close();
  }
  await writeResults(context, stage, docs);
  const ns = `${context.database}.${String(context.body.get('aggregate'))}`;
  return docOf({ cursor: docOf({ firstBatch: [], id: 0n, ns }) });
}

function runPipeline(
  source: PipelineSource,
  name: string,
  specs: readonly StageSpec[],
  variables: Variables,
  hint: Value | undefined,
): Iterable<Doc | RawDoc> {
  const scope: PipelineScope = {
    variables,
    deadline: source.deadline,
    collection: (from, filter) =>
      docsOf(source, from, {
        filter: parseFilter(filter, new FilterScope(variables)),
        sort: [],
        deadline: source.deadline,
      }),
  };
  const special = specs[0] && specialSource(source, name, specs[0]);
  if (special) return compilePipeline(specs.slice(1), scope)(special);
  if (name === '$cmd.aggregate') {
    if (specs[0]) compilePipeline(specs.slice(0, 1), scope);
    throw new MongoError(
      73,
      '{aggregate: 1} is not valid for an empty pipeline or for a stage that needs a collection',
    );
  }
  const { query, used } = leadingQuery(specs, variables, hint);
  const run = compilePipeline(specs.slice(used), scope);
  const limited = { ...query, deadline: source.deadline };
  if (used === specs.length) return rawOf(source, name, limited);
  return run(docsOf(source, name, limited));
}

/** The stages at the beginning that an index can serve: $match, $sort, $skip and $limit. */
export function leadingQuery(
  specs: readonly StageSpec[],
  variables: Variables,
  hint: Value | undefined,
): { query: RowQuery; used: number } {
  let query: RowQuery = { filter: { kind: 'and', of: [] }, sort: [], hint };
  let used = 0;
  const next = (name: string): Value | undefined =>
    specs[used]?.name === name ? specs[used]?.operand : undefined;
  const match = next('$match');
  if (isDoc(match)) {
    query = { ...query, filter: parseFilter(match, new FilterScope(variables)) };
    used++;
  }
  const sort = next('$sort');
  if (isDoc(sort) && sort.size > 0) {
    query = { ...query, sort: parseSort(sort) };
    used++;
  }
  const skip = next('$skip');
  if (skip !== undefined) {
    query = { ...query, skip: wholeNumber('$skip', skip, 0n, 5107200) };
    used++;
  }
  const limit = next('$limit');
  if (limit !== undefined) {
    query = { ...query, limit: wholeNumber('$limit', limit, 1n, 15958) };
    used++;
  }
  return { query, used };
}

function* rawOf(source: PipelineSource, name: string, query: RowQuery): Generator<RawDoc> {
  const collection = source.catalog.find(source.database, name);
  if (!collection) return;
  for (const row of findRows({ ...source, collection }, query)) yield new RawDoc(row.bytes);
}

function* docsOf(source: PipelineSource, name: string, query: RowQuery): Generator<Doc> {
  const collection = source.catalog.find(source.database, name);
  if (!collection) return;
  for (const row of findRows({ ...source, collection }, query)) yield row.doc;
}

/** Stages that do not begin with a collection's documents. */
function specialSource(source: PipelineSource, name: string, first: StageSpec): Doc[] | undefined {
  const collection = source.catalog.find(source.database, name);
  switch (first.name) {
    case '$documents':
      if (!Array.isArray(first.operand)) throw new MongoError(5858203, '$documents needs an array');
      return first.operand.filter(isDoc);
    case '$indexStats':
      return (collection?.indexes ?? []).map((index) =>
        docOf({ name: index.name, key: index.key, spec: index.spec }),
      );
    case '$collStats':
      return [collStatsDoc(source, name, first.operand)];
    case '$listLocalSessions':
      return [docOf({ lastUse: new BsonDate(BigInt(Date.now())) })];
    case '$changeStream':
      throw new MongoError(
        40573,
        'The $changeStream stage is not supported by this server: read again what may have changed',
      );
    default:
      return undefined;
  }
}

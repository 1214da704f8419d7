import { stageSpecs } from '../aggregate/pipeline';
import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { badValue, failedToParse, MongoError } from '../errors';
import { type Plan, planQuery } from '../indexes/planner';
import type { ScanCounts } from '../indexes/scan';
import { findRows, type RowQuery } from '../query/find-rows';
import { aggregate, leadingQuery } from './aggregate';
import { type CommandHandler, docArgument, flagArgument } from './command-context';
import { findQuery } from './find';
import { refuseOptions } from './refused-options';
import { variablesOf } from './write-target';

const VERBOSITIES: readonly Value[] = ['queryPlanner', 'executionStats', 'allPlansExecution'];

/** aggregate, which with `explain: true` is an explain of itself and runs nothing. */
export const aggregateOrExplain: CommandHandler = (context) =>
  flagArgument(context.body, 'explain')
    ? explain({ ...context, body: docOf({ explain: context.body, verbosity: 'queryPlanner' }) })
    : aggregate(context);

/** explain: which index a query uses, and how much it looked at. */
export const explain: CommandHandler = (context) => {
  const { server, body, database } = context;
  const command = docArgument(body, 'explain');
  if (!command) throw failedToParse("BSON field 'explain.explain' must be an object");
  const verbosity = body.get('verbosity') ?? 'allPlansExecution';
  if (!VERBOSITIES.includes(verbosity)) {
    throw badValue(
      `Enumeration value '${String(verbosity)}' for field 'explain.verbosity' is not a valid value.`,
    );
  }
  const [[kind, target] = ['', null]] = [...command];
  refuseOptions({ ...context, name: kind, body: command });
  const name = String(target);
  const query = queryOf(kind, command);
  const { reader, catalog } = server.store.snapshot();
  try {
    const collection = catalog.find(database, name);
    const namespace = `${database}.${name}`;
    if (!collection) {
      const winningPlan = docOf({ stage: 'EOF' });
      return docOf({ queryPlanner: docOf({ namespace, winningPlan, rejectedPlans: [] }) });
    }
    const plan = planQuery(collection, query);
    const winningPlan = shown(plan, query);
    const queryPlanner = docOf({ namespace, winningPlan, rejectedPlans: [] });
    if (verbosity === 'queryPlanner') return docOf({ queryPlanner });
    const counts: ScanCounts = { keys: 0, documents: 0 };
    let nReturned = 0;
    const startedAt = performance.now();
    const source = { store: server.store, reader, collection, counts };
    for (const row of findRows(source, query, plan)) nReturned += row ? 1 : 0;
    return docOf({
      queryPlanner,
      executionStats: docOf({
        executionSuccess: true,
        nReturned,
        executionTimeMillis: Math.round(performance.now() - startedAt),
        totalKeysExamined: counts.keys,
        totalDocsExamined: counts.documents,
        // GUIs draw the stages from here; only the last one's documents are counted.
        executionStages: new Map([...winningPlan, ['nReturned', nReturned]]),
      }),
    });
  } finally {
    reader.close();
  }
};

function queryOf(kind: string, command: Doc): RowQuery {
  const first = (field: string): Doc => {
    const list = command.get(field);
    const item = Array.isArray(list) ? list[0] : undefined;
    return isDoc(item) ? item : new Map();
  };
  switch (kind) {
    case 'find':
      return findQuery(command).query;
    case 'count':
    case 'distinct':
    case 'findAndModify':
    case 'findandmodify':
      return findQuery(
        new Map([...command, ['filter', command.get('query') ?? new Map<string, Value>()]]),
      ).query;
    case 'aggregate':
      return leadingQuery(
        stageSpecs(command.get('pipeline')),
        variablesOf(command),
        command.get('hint'),
      ).query;
    case 'update':
      return findQuery(new Map([['filter', first('updates').get('q') ?? new Map<string, Value>()]]))
        .query;
    case 'delete':
      return findQuery(new Map([['filter', first('deletes').get('q') ?? new Map<string, Value>()]]))
        .query;
    default:
      throw new MongoError(59, `Explain failed due to unknown command: ${kind}`);
  }
}

function shown(plan: Plan, query: RowQuery): Doc {
  const access = accessOf(plan);
  const filtered =
    plan.kind === 'collection' ? access : docOf({ stage: 'FETCH', inputStage: access });
  return plan.sorted
    ? filtered
    : query.sort.length > 0
      ? docOf({ stage: 'SORT', inputStage: filtered })
      : filtered;
}

function accessOf(plan: Plan): Doc {
  if (plan.kind === 'collection') {
    return docOf({ stage: 'COLLSCAN', direction: plan.reverse ? 'backward' : 'forward' });
  }
  if (plan.kind === 'union') return docOf({ stage: 'OR', inputStages: plan.plans.map(accessOf) });
  const { index } = plan;
  return docOf({
    stage: 'IXSCAN',
    keyPattern: index.key,
    indexName: index.name,
    isMultiKey: index.multikey.includes(true),
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partial !== undefined,
    direction: plan.reverse ? 'backward' : 'forward',
    ranges: plan.ranges.length,
  });
}

import { type Doc, docOf, isDoc, type Value } from '../bson/values';
import { badValue, MongoError } from '../errors';
import type { Deadline } from '../query/find-rows';
import { CollectionWriter } from '../storage/collection-writer';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import type { Variables } from '../aggregate/context';
import {
  type CommandContext,
  type CommandHandler,
  countArgument,
  deadlineOf,
  docArgument,
  flagArgument,
} from './command-context';
import { parseDeleteStatement, runDelete } from './delete';
import { asDoc, insertionOf, statements } from './insert';
import { writeOnce } from './remembered-answers';
import { parseUpdateStatement, runUpdate } from './update';
import { collectionForWrite, variablesOf } from './write-target';

interface Namespace {
  database: string;
  name: string;
}

interface Totals {
  nInserted: number;
  nMatched: number;
  nModified: number;
  nUpserted: number;
  nDeleted: number;
  nErrors: number;
}

/** MongoDB 8's bulkWrite: operations on several collections in one command and transaction. */
export const bulkWrite: CommandHandler = (context) => {
  const { body } = context;
  const operations = statements(body, 'ops').map(asDoc);
  const namespaces = statements(body, 'nsInfo').map(namespaceOf);
  const ordered = flagArgument(body, 'ordered', true);
  const errorsOnly = flagArgument(body, 'errorsOnly');
  const run = { context, variables: variablesOf(body), deadline: deadlineOf(body) };
  const work = (): Doc => {
    const totals: Totals = {
      nInserted: 0,
      nMatched: 0,
      nModified: 0,
      nUpserted: 0,
      nDeleted: 0,
      nErrors: 0,
    };
    const results: Doc[] = [];
    for (const [idx, operation] of operations.entries()) {
      try {
        const result = runOperation(run, namespaces, operation, totals);
        if (!errorsOnly) results.push(docOf({ ok: 1, idx, ...result }));
      } catch (error) {
        if (!(error instanceof MongoError)) throw error;
        totals.nErrors++;
        results.push(docOf({ ok: 0, idx, ...error.fields(), n: 0 }));
        if (ordered) break;
      }
    }
    return docOf({ results, ...totals });
  };
  const options = docArgument(body, 'cursor');
  const batchSize = options && countArgument(options, 'batchSize');
  return writeOnce(context, work).then((answer) => withCursor(context, answer, batchSize));
};

/** What is remembered for a retry holds all results; each attempt opens its own cursor on them. */
function withCursor(context: CommandContext, answer: Doc, batchSize: number | undefined): Doc {
  const results = answer.get('results') as Doc[];
  const cursor = context.server.cursors.start({
    namespace: 'admin.$cmd.bulkWrite',
    items: results,
    batchSize: batchSize ?? Infinity,
    close: () => undefined,
  });
  const totals = new Map(answer);
  totals.delete('results');
  return new Map([...cursor, ...totals]);
}

function namespaceOf(info: Value): Namespace {
  const text = asDoc(info).get('ns');
  const dot = typeof text === 'string' ? text.indexOf('.') : -1;
  if (typeof text !== 'string' || dot <= 0 || dot === text.length - 1) {
    throw new MongoError(73, `Invalid namespace specified '${String(text)}'`);
  }
  return { database: text.slice(0, dot), name: text.slice(dot + 1) };
}

function runOperation(
  {
    context,
    variables,
    deadline,
  }: { context: CommandContext; variables: Variables; deadline: Deadline },
  namespaces: readonly Namespace[],
  operation: Doc,
  totals: Totals,
): Record<string, Value> {
  const [[kind, position] = ['', null]] = [...operation];
  const target = isNumeric(position) ? namespaces[toDouble(position)] : undefined;
  if (!target) throw badValue('BulkWrite ops entry refers to a missing nsInfo entry');
  const { store } = context.server;
  if (kind === 'insert') {
    const { doc, bytes } = insertionOf(operation.get('document') ?? null);
    const collection = collectionForWrite(store, target.database, target.name);
    new CollectionWriter(store, collection).insert(doc, bytes);
    totals.nInserted++;
    return { n: 1 };
  }
  if (kind === 'update') {
    const statement = statementOf(operation, { u: operation.get('updateMods') ?? null });
    const parsed = parseUpdateStatement(statement, operationVariables(operation, variables));
    const outcome = runUpdate(store, target.database, target.name, parsed, deadline);
    totals.nMatched += outcome.matched;
    totals.nModified += outcome.modified;
    if (outcome.upsertedId === undefined)
      return { n: outcome.matched, nModified: outcome.modified };
    totals.nUpserted++;
    return { n: 1, nModified: 0, upserted: docOf({ _id: outcome.upsertedId }) };
  }
  if (kind === 'delete') {
    const limit = flagArgument(operation, 'multi') ? 0 : 1;
    const parsed = parseDeleteStatement(statementOf(operation, { limit }), variables);
    const n = runDelete(store, target.database, target.name, parsed, deadline);
    totals.nDeleted += n;
    return { n };
  }
  throw badValue(`BulkWrite ops entry must begin with insert, update or delete, not '${kind}'`);
}

function operationVariables(operation: Doc, variables: Variables): Variables {
  const constants = operation.get('constants');
  return isDoc(constants) ? new Map([...variables, ...constants]) : variables;
}

function statementOf(operation: Doc, extra: Record<string, Value>): Doc {
  const statement: Doc = new Map(operation);
  const filter = operation.get('filter');
  if (filter !== undefined) statement.set('q', filter);
  for (const [name, value] of Object.entries(extra)) statement.set(name, value);
  return statement;
}

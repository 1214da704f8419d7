import {
  StorePoisonedError,
  StoreClosedError,
  StoreOverloadedError,
} from '@daybook/embedded-store';
import { BsonError } from '../bson/bson-error';
import { type Doc, docOf, Double } from '../bson/values';
import { MongoError } from '../errors';
import { bulkWrite } from './bulk-write';
import {
  create,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  renameCollection,
} from './collections';
import type { CommandContext, CommandHandler } from './command-context';
import { count, distinct } from './counting';
import { remove } from './delete';
import { aggregateOrExplain, explain } from './explain';
import { configureFailPoint, ConnectionDropped, type InjectedFault } from './fail-point';
import { find, getMore, killCursors } from './find';
import { findAndModify } from './find-and-modify';
import { HANDSHAKE_COMMANDS } from './handshake';
import { createIndexes, dropIndexes, listIndexes } from './indexes';
import { insert } from './insert';
import { refuseOptions } from './refused-options';
import { collStats, dbStats } from './statistics';
import { update } from './update';
import { unmetWriteConcern } from './write-concern';

const COMMANDS: Readonly<Record<string, CommandHandler>> = {
  ...HANDSHAKE_COMMANDS,
  aggregate: aggregateOrExplain,
  bulkWrite,
  collStats,
  configureFailPoint,
  count,
  create,
  createIndexes,
  dbStats,
  dbstats: dbStats,
  delete: remove,
  deleteIndexes: dropIndexes,
  distinct,
  drop,
  dropDatabase,
  dropIndexes,
  explain,
  find,
  findAndModify,
  findandmodify: findAndModify,
  getMore,
  insert,
  killCursors,
  listCommands: () => docOf({ commands: docOf(commandList()) }),
  listCollections,
  listDatabases,
  listIndexes,
  renameCollection,
  update,
};

/** In the form that shells print. */
function commandList(): Record<string, Doc> {
  const entry = docOf({ help: '', requiresAuth: false, secondaryOk: true, adminOnly: false });
  return Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, entry]));
}

/** After these the client may send the same write again. */
const RETRYABLE = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/** What goes back: an answer, or nothing because the connection is to be closed. */
export type Outcome = { answer: Doc } | { close: true };

/** Runs a command and turns every refusal into MongoDB's form; defects answer 1 and are reported. */
export async function dispatch(
  context: CommandContext,
  onDefect: (error: unknown) => void,
): Promise<Outcome> {
  context.server.counters.commands++;
  const fault = context.server.failPoint.strike(context.name, context.connection.appName);
  if (fault) {
    if (fault.blockMs > 0) await new Promise((resolve) => setTimeout(resolve, fault.blockMs));
    if (fault.closeConnection) return { close: true };
    if (fault.error) return { answer: failure(context, fault.error, fault.errorLabels) };
  }
  try {
    const handler = Object.hasOwn(COMMANDS, context.name) ? COMMANDS[context.name] : undefined;
    if (!handler) throw unknownCommand(context.name);
    context.server.store.refuseWhenPoisoned();
    refuseOptions(context);
    const result = await handler(context);
    return { answer: success(context, result, fault) };
  } catch (error) {
    if (error instanceof ConnectionDropped) return { close: true };
    return { answer: failure(context, refusalOf(error, onDefect)) };
  }
}

function unknownCommand(name: string): MongoError {
  return new MongoError(
    59,
    `no such command: '${name}'; listCommands names those that this server has`,
  );
}

function success(context: CommandContext, result: Doc, fault: InjectedFault | undefined): Doc {
  const answer: Doc = new Map(result);
  const concern = fault?.writeConcernError ?? unmetWriteConcern(context.body);
  if (concern) {
    answer.set('writeConcernError', concern);
    const labels = fault?.errorLabels ?? retryLabels(context, Number(concern.get('code') ?? 0));
    if (labels.length > 0) answer.set('errorLabels', [...labels]);
  }
  answer.set('ok', new Double(1));
  return answer;
}

function failure(
  context: CommandContext,
  error: MongoError,
  labels = retryLabels(context, error.code),
): Doc {
  return docOf({
    ok: new Double(0),
    errmsg: error.message,
    ...error.fields(),
    errorLabels: labels.length > 0 ? [...labels] : undefined,
  });
}

function retryLabels({ body }: CommandContext, code: number): readonly string[] {
  return body.has('txnNumber') && RETRYABLE.has(code) ? ['RetryableWriteError'] : [];
}

function refusalOf(error: unknown, onDefect: (error: unknown) => void): MongoError {
  if (error instanceof MongoError) return error;
  if (error instanceof BsonError) return new MongoError(22, error.message);
  if (error instanceof StoreClosedError) return new MongoError(91, 'the server is shutting down');
  if (error instanceof StoreOverloadedError) return new MongoError(262, error.message);
  if (error instanceof StorePoisonedError) return new MongoError(11602, error.message);
  onDefect(error);
  return new MongoError(1, 'internal error');
}

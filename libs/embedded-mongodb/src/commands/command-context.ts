import { type Doc, isDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import { Deadline } from '../query/find-rows';
import type { ServerState } from './server-state';

/** The connection that a command came on. */
export interface ConnectionInfo {
  readonly id: number;
  readonly remote: string;
  /** The address at which this client reached the server. */
  readonly local: string;
  appName: string | undefined;
}

/** One command: its body holds document sequences as arrays of raw documents. */
export interface CommandContext {
  readonly server: ServerState;
  readonly connection: ConnectionInfo;
  readonly name: string;
  readonly database: string;
  readonly body: Doc;
  /** Bytes of the whole message: what the waiting writes are bounded by. */
  readonly bytes: number;
}

/** Runs one command and gives its answer without `ok`. */
export type CommandHandler = (context: CommandContext) => Doc | Promise<Doc>;

/** The collection that the first field of a command names; 73 for an invalid name. */
export function collectionName(context: CommandContext, field = context.name): string {
  const value = context.body.get(field);
  if (typeof value !== 'string') {
    throw new MongoError(73, `collection name has invalid type ${typeof value}`);
  }
  const bad = value === '' || value.includes('\0') || value.includes('$') || value.startsWith('.');
  if (bad || value.length > 255) {
    throw new MongoError(73, `Invalid namespace specified '${context.database}.${value}'`);
  }
  return value;
}

/** An optional document argument; 14 for another type. */
export function docArgument(body: Doc, name: string): Doc | undefined {
  const value = body.get(name);
  if (value === undefined || value === null) return undefined;
  if (isDoc(value)) return value;
  throw new MongoError(14, `BSON field '${name}' is the wrong type, expected type 'object'`);
}

/** An optional whole number that must not be negative; 51024 below zero. */
export function countArgument(body: Doc, name: string): number | undefined {
  const value = body.get(name);
  if (value === undefined || value === null) return undefined;
  if (!isNumeric(value)) {
    throw new MongoError(14, `BSON field '${name}' is the wrong type, expected a number`);
  }
  const whole = toInt64(value) ?? BigInt(Math.trunc(toDouble(value)) || 0);
  if (whole < 0n) {
    throw new MongoError(51024, `BSON field '${name}' value must be >= 0, actual value '${whole}'`);
  }
  return Number(whole);
}

/** An optional flag: absent is false. */
export function flagArgument(body: Doc, name: string, fallback = false): boolean {
  const value: Value | undefined = body.get(name);
  if (value === undefined || value === null) return fallback;
  return isNumeric(value) ? toDouble(value) !== 0 : value === true;
}

/** The time limit of a command. */
export function deadlineOf(body: Doc): Deadline {
  return new Deadline(countArgument(body, 'maxTimeMS') ?? 0);
}

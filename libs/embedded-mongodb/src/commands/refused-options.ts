import { type Doc, isDoc, type Value } from '../bson/values';
import { badValue, notImplemented } from '../errors';
import type { CommandContext } from './command-context';

/**
 * Options that this server does not have and that would change the answer: whoever passes one gets
 * an error, because without it he would take another answer for the one he asked for.
 */
export function refuseOptions({ name, body }: CommandContext): void {
  // Reads, too: outside of the transaction they would see what others write meanwhile.
  if (body.has('startTransaction') || body.has('autocommit')) {
    throw notImplemented(
      `${name}: multi-document transactions are not supported by this server; one write command is atomic, sessions and retryable writes need no transaction`,
    );
  }
  refuseReadConcern(body.get('readConcern'));
  for (const option of REFUSED[name] ?? []) {
    if (asked(body, option)) {
      throw notImplemented(`${name} with '${option}' is not supported by this server`);
    }
  }
}

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  find: ['min', 'max', 'returnKey', 'showRecordId'],
};

const READ_CONCERNS: readonly Value[] = ['local', 'available', 'majority', 'linearizable'];

/** All levels are the same here but `snapshot`, by which a session's reads share one state. */
function refuseReadConcern(concern: Value | undefined): void {
  if (!isDoc(concern)) return;
  const level = concern.get('level') ?? 'local';
  if (level === 'snapshot' || concern.has('atClusterTime')) {
    throw notImplemented(
      "readConcern level 'snapshot' is not supported by this server: each cursor shows one state, but reads do not share one",
    );
  }
  if (!READ_CONCERNS.includes(level)) {
    throw badValue(
      `Enumeration value '${String(level)}' for field 'readConcern.level' is not a valid value.`,
    );
  }
}

/** True unless the option is absent or says no. */
function asked(body: Doc, option: string): boolean {
  const value = body.get(option);
  return !(value === undefined || value === null || value === false || emptyDoc(value));
}

function emptyDoc(value: Value): boolean {
  return isDoc(value) && value.size === 0;
}

import { decodeDoc } from '../bson/decode';
import { encodeDoc } from '../bson/encode';
import { Binary, BsonDate, type Doc, docOf, isDoc } from '../bson/values';
import { MongoError } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric } from '../numbers/compare-numbers';
import type { MongoStore } from '../storage/mongo-store';
import type { CommandContext } from './command-context';
import { ConnectionDropped } from './fail-point';

/** The identity of a retryable write: a session and the number of the write in it. */
export interface RetryKey {
  readonly session: Buffer;
  readonly number: bigint;
}

/** How long an answer is kept for a retry: a session's timeout. */
export const SESSION_MINUTES = 30;
const SWEEP_BATCH = 1_000;

/** The retry key of a command. */
export function retryKeyOf({ body }: CommandContext): RetryKey | undefined {
  const lsid = body.get('lsid');
  const given = body.get('txnNumber');
  if (given === undefined) return undefined;
  const id = isDoc(lsid) ? lsid.get('id') : undefined;
  const number = isNumeric(given) ? toInt64(given) : undefined;
  if (!(id instanceof Binary) || id.bytes.length !== 16 || number === undefined) {
    throw new MongoError(72, 'a txnNumber needs an lsid with an id of 16 bytes');
  }
  return { session: Buffer.from(id.bytes), number };
}

/**
 * Runs a write once per retry key, inside the shared transaction. The answer is stored in the same
 * transaction as the effect, so a retry gets it again however the first attempt ended.
 */
export async function writeOnce(context: CommandContext, work: () => Doc): Promise<Doc> {
  const key = retryKeyOf(context);
  const { store } = context.server;
  const fault = key && context.server.writeFault.strikeWrite();
  if (fault?.error) throw fault.closes ? new ConnectionDropped() : fault.error;
  const answer = await store.write(() => {
    if (!key) return work();
    const known = store.sessions.get(key.session);
    const before = known ? decodeDoc(known) : undefined;
    const number = before?.get('number');
    if (before && number === key.number) return before.get('answer') as Doc;
    if (typeof number === 'bigint' && number > key.number) {
      throw new MongoError(
        225,
        `Retryable write with txnNumber ${key.number} is prohibited on a session because a newer one with txnNumber ${number} has already started.`,
      );
    }
    const answer = work();
    const usedAt = new BsonDate(BigInt(Date.now()));
    store.sessions.putSync(key.session, encodeDoc(docOf({ number: key.number, usedAt, answer })));
    return answer;
  }, context.bytes);
  if (fault?.closes) throw new ConnectionDropped();
  return answer;
}

/** Forgets answers whose sessions have timed out, a bounded number at a time. */
export async function forgetOldAnswers(store: MongoStore, now: number): Promise<void> {
  const before = BigInt(now - SESSION_MINUTES * 60_000);
  const old: Buffer[] = [];
  for (const { key, value } of store.sessions.getRange({})) {
    const usedAt = decodeDoc(value).get('usedAt');
    if (usedAt instanceof BsonDate && usedAt.ms < before) old.push(key);
    if (old.length >= SWEEP_BATCH) break;
  }
  if (old.length === 0) return;
  await store.write(() => {
    for (const key of old) {
      const value = store.sessions.get(key);
      const usedAt = value && decodeDoc(value).get('usedAt');
      if (usedAt instanceof BsonDate && usedAt.ms < before) store.sessions.removeSync(key);
    }
  });
}

import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { NewRecord, StreamCheck } from '@daybook/event-store';
import { rawCaller } from '../client-channel';
import { encodeAppend } from './append-request';
import { positionIn } from './append-response';

const APPEND = '/kurrentdb.protocol.v2.streams.StreamsService/AppendRecords';

/** Appends all records or none; resolves with the last one's position, throws as the client does. */
export type Appender = (
  records: readonly NewRecord[],
  checks: readonly StreamCheck[],
) => Promise<bigint>;

/** Encodes appends itself: more than a third of a batch was the client's encoder. */
export function appenderOf(client: KurrentDBClient): Appender {
  const call = rawCaller(client);
  return async (records, checks) => positionIn(await call(APPEND, encodeAppend(records, checks)));
}

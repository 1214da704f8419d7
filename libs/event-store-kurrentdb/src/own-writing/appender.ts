import {
  type AppendRecordInput,
  type ConsistencyCheck,
  type JSONEventData,
  type JSONType,
  type KurrentDBClient,
  NO_STREAM,
} from '@kurrent/kurrentdb-client';
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

/** Encodes appends itself where the client lets it: more than a third of a batch was the client's. */
export function appenderOf(client: KurrentDBClient): Appender {
  const call = rawCaller(client);
  if (!call) return (records, checks) => appendByClient(client, records, checks);
  return async (records, checks) => positionIn(await call(APPEND, encodeAppend(records, checks)));
}

/** The same by the client's public method. */
async function appendByClient(
  client: KurrentDBClient,
  records: readonly NewRecord[],
  checks: readonly StreamCheck[],
): Promise<bigint> {
  const { position } = await client.appendRecords(records.map(input), checks.map(checkInput));
  return position;
}

const input = ({ stream, id, type, json, metadata }: NewRecord): AppendRecordInput => {
  const data = JSON.parse(json) as JSONType;
  const record: JSONEventData = { contentType: 'application/json', id, type, data, metadata };
  return { streamName: stream, record };
};

const checkInput = ({ stream, expected }: StreamCheck): ConsistencyCheck => ({
  type: 'stream_state',
  streamName: stream,
  expectedState: expected === 'no-stream' ? NO_STREAM : BigInt(expected),
});

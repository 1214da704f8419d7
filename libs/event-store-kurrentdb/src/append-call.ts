import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { convertToCommandError } from '@kurrent/kurrentdb-client/dist/utils';
import type { CallOptions, Metadata } from '@grpc/grpc-js';
import { StreamsServiceClient } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_grpc_pb';
import { decodeAppendPosition } from './append-response';

const METHOD = '/kurrentdb.protocol.v2.streams.StreamsService/AppendRecords';

/** The part of the vendor's client with which its own methods make their calls. */
interface CallingClient {
  execute<Result>(
    service: typeof StreamsServiceClient,
    name: string,
    action: (client: StreamsServiceClient) => Promise<Result>,
  ): Promise<Result>;
  callArguments(options: { readonly requiresLeader: boolean }): [Metadata, CallOptions];
}

const asIs = (bytes: Buffer): Buffer => bytes;

/**
 * Sends an `AppendRecordsRequest` that is encoded already, over the vendor's own channel: its
 * discovery, credentials, deadline, reconnection and errors. Resolves with the position.
 */
export function callAppendRecords(client: KurrentDBClient, request: Buffer): Promise<bigint> {
  const calling = client as unknown as CallingClient;
  return calling.execute(
    StreamsServiceClient,
    'appendRecords',
    (service) =>
      new Promise<bigint>((resolve, reject) => {
        const [metadata, options] = calling.callArguments({ requiresLeader: false });
        const answered = (error: Error | null, position?: bigint): void => {
          if (error !== null) reject(convertToCommandError(error) as Error);
          else if (position === undefined) reject(new Error('an append was not answered'));
          else resolve(position);
        };
        const codecs = [asIs, decodeAppendPosition] as const;
        service.makeUnaryRequest(METHOD, ...codecs, request, metadata, options, answered);
      }),
  );
}

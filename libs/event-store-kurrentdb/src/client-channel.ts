import { convertToCommandError, type KurrentDBClient } from '@kurrent/kurrentdb-client';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

const READ = '/event_store.client.streams.Streams/Read';

/** Answers to one call, as they came. */
export interface AnswerStream extends Readable {
  cancel(): void;
}

/** A call whose request and answers stay bytes. */
type ByteCall<Result> = (
  method: string,
  serialize: (request: Buffer) => Buffer,
  deserialize: (answer: Buffer) => Buffer,
  request: Buffer,
  ...callArguments: unknown[]
) => Result;

interface GrpcClient {
  readonly makeServerStreamRequest: ByteCall<AnswerStream>;
  readonly makeUnaryRequest: ByteCall<unknown>;
}

type GrpcClientClass = new (...args: never[]) => GrpcClient;

/** What the client shares with its own parts only: how it calls, with what, and reconnects. */
interface ClientInsides {
  GRPCStreamCreator(
    Client: GrpcClientClass,
    name: string,
    create: (client: GrpcClient) => AnswerStream,
  ): () => Promise<AnswerStream>;
  execute<Result>(
    Client: GrpcClientClass,
    name: string,
    action: (client: GrpcClient) => Promise<Result>,
  ): Promise<Result>;
  callArguments(options: object, callOptions?: { readonly deadline: number }): unknown[];
}

/** Makes a reading call without a deadline and gives its answers as bytes. */
export type RawReader = (request: Buffer) => Promise<AnswerStream>;

const asTheyAre = (bytes: Buffer): Buffer => bytes;

/**
 * Reading on the client's own channel: its discovery, TLS, credentials and reconnection, without
 * its decoding. Undefined when the client does not have the insides that this needs, as another
 * version may not: then its public methods are the way.
 */
export function rawReader(client: KurrentDBClient): RawReader | undefined {
  const insides = insidesOf(client);
  if (!insides) return undefined;
  const { GrpcClient, GRPCStreamCreator: creator, callArguments } = insides;
  return (request) =>
    creator(GrpcClient, 'read', (grpc) => {
      const call = callArguments({}, { deadline: Infinity });
      return grpc.makeServerStreamRequest(READ, asTheyAre, asTheyAre, request, ...call);
    })();
}

/** Makes a call of one message with the client's deadline and gives the answer as bytes. */
export type RawCaller = (method: string, request: Buffer) => Promise<Buffer>;

/** Calls on the client's own channel, as `rawReader`; errors are those of the client's methods. */
export function rawCaller(client: KurrentDBClient): RawCaller | undefined {
  const insides = insidesOf(client);
  if (!insides) return undefined;
  const { GrpcClient, execute, callArguments } = insides;
  return (method, request) =>
    execute(
      GrpcClient,
      method,
      (grpc) =>
        new Promise<Buffer>((resolve, reject) => {
          const answered = (error: Error | null, answer?: Buffer): void => {
            if (answer) resolve(answer);
            else reject(convertToCommandError(error ?? new Error(`${method} was not answered`)));
          };
          const call = callArguments({ requiresLeader: false });
          grpc.makeUnaryRequest(method, asTheyAre, asTheyAre, request, ...call, answered);
        }),
    );
}

/** All that calls as bytes need of the client; undefined when any of it is not there. */
function insidesOf(
  client: KurrentDBClient,
): (ClientInsides & { readonly GrpcClient: GrpcClientClass }) | undefined {
  const { GRPCStreamCreator, execute, callArguments } = client as unknown as ClientInsides;
  const there = [GRPCStreamCreator, execute, callArguments].every((m) => typeof m === 'function');
  const GrpcClient = there ? grpcClientClass() : undefined;
  return GrpcClient && { GrpcClient, GRPCStreamCreator, execute, callArguments };
}

/** gRPC as the client has it: the channel of one copy is not for the calls of another. */
function grpcClientClass(): GrpcClientClass | undefined {
  try {
    const ofClient = createRequire(require.resolve('@kurrent/kurrentdb-client'));
    const { Client } = ofClient('@grpc/grpc-js') as { readonly Client?: GrpcClientClass };
    const { makeServerStreamRequest, makeUnaryRequest } = Client?.prototype ?? {};
    return makeServerStreamRequest && makeUnaryRequest ? Client : undefined;
  } catch {
    return undefined;
  }
}

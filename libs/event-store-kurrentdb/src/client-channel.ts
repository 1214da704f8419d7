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

export interface ReadingOptions {
  /** A node that is not the leader refuses. */
  readonly requiresLeader?: boolean;
  /** Goes on until it is cancelled; else the client's deadline holds. */
  readonly endless?: boolean;
}

/** Makes a reading call and gives its answers as bytes. */
export type RawReader = (request: Buffer, options?: ReadingOptions) => Promise<AnswerStream>;

const asTheyAre = (bytes: Buffer): Buffer => bytes;

/**
 * Reading on the client's own channel: its discovery, TLS, credentials and reconnection, without
 * its decoding. The client itself reads pages through another library, which never connects any
 * more once its first attempt has failed. Throws when the client has not the insides for this.
 */
export function rawReader(client: KurrentDBClient): RawReader {
  const { GrpcClient, GRPCStreamCreator: creator, callArguments } = insidesOf(client);
  return (request, { requiresLeader = false, endless = false } = {}) =>
    creator(GrpcClient, 'read', (grpc) => {
      const call = callArguments({ requiresLeader }, endless ? { deadline: Infinity } : undefined);
      return grpc.makeServerStreamRequest(READ, asTheyAre, asTheyAre, request, ...call);
    })();
}

/** Makes a call of one message with the client's deadline and gives the answer as bytes. */
export type RawCaller = (method: string, request: Buffer) => Promise<Buffer>;

/** Calls on the client's own channel, as `rawReader`; errors are those of the client's methods. */
export function rawCaller(client: KurrentDBClient): RawCaller {
  const { GrpcClient, execute, callArguments } = insidesOf(client);
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

/** All that calls as bytes need of the client. */
function insidesOf(
  client: KurrentDBClient,
): ClientInsides & { readonly GrpcClient: GrpcClientClass } {
  const { GRPCStreamCreator, execute, callArguments } = client as unknown as ClientInsides;
  const there = [GRPCStreamCreator, execute, callArguments].every((m) => typeof m === 'function');
  const GrpcClient = there ? grpcClientClass() : undefined;
  if (!GrpcClient) {
    throw new Error(
      'this version of @kurrent/kurrentdb-client has no channel to call on: install the one of package-lock.json',
    );
  }
  return { GrpcClient, GRPCStreamCreator, execute, callArguments };
}

/** gRPC as the client has it: the channel of one copy is not for the calls of another. */
function grpcClientClass(): GrpcClientClass | undefined {
  const ofClient = createRequire(require.resolve('@kurrent/kurrentdb-client'));
  const { Client } = ofClient('@grpc/grpc-js') as { readonly Client?: GrpcClientClass };
  const { makeServerStreamRequest, makeUnaryRequest } = Client?.prototype ?? {};
  return makeServerStreamRequest && makeUnaryRequest ? Client : undefined;
}

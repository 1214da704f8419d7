import { createServer as createHttp1Server, type Server as Http1Server } from 'node:http';
import * as http2 from 'node:http2';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { MalformedMessageError } from '../protobuf/malformed-message';
import { answerHttp1, answerHttp2, type PlainAnswers } from './http1';
import { InputBudget } from './input-budget';
import { ServerCall } from './server-call';
import { GrpcCode, GrpcError, shuttingDown } from './status';

/**
 * Serves one method: answers through the call, or throws a GrpcError. Returning means status OK.
 */
export type GrpcHandler = (call: ServerCall, headers: http2.IncomingHttpHeaders) => Promise<void>;

/** Decides before a method runs who calls; throws GrpcError to refuse. */
export type Authorise = (headers: http2.IncomingHttpHeaders, path: string) => void | Promise<void>;

export interface GrpcServerOptions {
  readonly messageBytesMax: number;
  readonly inputBytesMax: number;
  readonly connectionsMax: number;
  readonly callsPerConnectionMax: number;
  readonly plainHttp: PlainAnswers;
  readonly authorise?: Authorise;
  readonly tls?: { readonly key: Buffer | string; readonly cert: Buffer | string };
  /** The status of the layers' own errors. */
  readonly statusOf?: (error: unknown) => GrpcError | undefined;
  /** Told of an error that is a defect of ours; the call is answered INTERNAL. */
  readonly onDefect?: (error: unknown) => void;
}

const windowBytes = 1024 * 1024;
const socketIdleProbeMs = 60_000;
const drainMsMax = 5_000;
/** For what ended calls still have to send; a client that reads nothing is not waited for. */
const farewellMsMax = 100;

/** A gRPC server on bare node:http2 that also answers plain HTTP/1.1 on the same port. */
export class GrpcServer {
  private readonly handlers = new Map<string, GrpcHandler>();
  private readonly sessions = new Set<http2.Http2Session>();
  private readonly sockets = new Set<Socket>();
  private readonly calls = new Set<ServerCall>();
  private readonly input: InputBudget;
  private readonly listener: Server | http2.Http2SecureServer;
  private stopping = false;

  constructor(private readonly options: GrpcServerOptions) {
    this.input = new InputBudget(options.inputBytesMax);
    this.listener = options.tls ? this.secureListener(options.tls) : this.plainListener();
    this.listener.maxConnections = options.connectionsMax;
    this.listener.on('connection', (socket: Socket) => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, socketIdleProbeMs);
      socket.on('error', () => socket.destroy());
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Registers a method by its full path, `/package.Service/Method`. */
  method(path: string, handler: GrpcHandler): void {
    if (this.handlers.has(path)) throw new Error(`${path} is registered twice`);
    this.handlers.set(path, handler);
  }

  get connectionCount(): number {
    return this.sockets.size;
  }

  get callCount(): number {
    return this.calls.size;
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject);
      this.listener.listen(port, host, () => {
        this.listener.removeListener('error', reject);
        resolve((this.listener.address() as AddressInfo).port);
      });
    });
  }

  /**
   * Stops taking calls, ends those whose end is not ours to bring about (marked by `lasting`), lets
   * the others end for a while, then closes every connection.
   */
  async close(): Promise<void> {
    this.stopping = true;
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    for (const call of this.calls) call.retire?.();
    const patience = Date.now() + drainMsMax;
    while (this.calls.size > 0 && Date.now() < patience) {
      for (const call of this.calls) if (call.lasting) call.fail(shuttingDown());
      await nextMoment();
    }
    for (const session of this.sessions) if (!session.closed) session.close();
    // A session closes by itself once what it still has to say is on its way.
    const until = Date.now() + farewellMsMax;
    while (this.sessions.size > 0 && Date.now() < until) await nextMoment();
    for (const session of this.sessions) session.destroy();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private http2Settings(): http2.ServerOptions {
    return {
      maxSessionMemory: 64,
      settings: {
        initialWindowSize: windowBytes,
        maxConcurrentStreams: this.options.callsPerConnectionMax,
      },
    };
  }

  private plainListener(): Server {
    const grpc = http2.createServer(this.http2Settings());
    this.serve(grpc);
    const http1 = createHttp1Server(answerHttp1(this.options.plainHttp, false));
    return createTcpServer((socket) => chooseProtocol(socket, grpc, http1));
  }

  private secureListener(tls: { key: Buffer | string; cert: Buffer | string }) {
    const server = http2.createSecureServer({
      ...this.http2Settings(),
      ...tls,
      allowHTTP1: true,
    });
    const http1 = answerHttp1(this.options.plainHttp, true);
    server.on('request', (request, response) => {
      if (request.httpVersionMajor === 1) http1(request as never, response as never);
    });
    // With a listener for requests node:http2 also wraps every stream, which stops its data from
    // flowing.
    server.removeAllListeners('stream');
    this.serve(server);
    return server;
  }

  private serve(server: http2.Http2Server | http2.Http2SecureServer): void {
    server.on('session', (session: http2.ServerHttp2Session) => {
      this.sessions.add(session);
      session.setLocalWindowSize(windowBytes * 4);
      session.on('error', () => session.destroy());
      session.once('close', () => this.sessions.delete(session));
    });
    server.on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) =>
      this.accept(stream, headers),
    );
    server.on('sessionError', () => undefined);
  }

  private accept(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
    // A stream that was reset at once is announced when it is gone already; to answer it would
    // throw.
    if (stream.destroyed || stream.closed) return;
    const contentType = headers['content-type'] ?? '';
    if (headers[':method'] !== 'POST' || !contentType.startsWith('application/grpc')) {
      answerHttp2(stream, headers, this.options.plainHttp, this.options.tls !== undefined);
      return;
    }
    const call = new ServerCall(stream, headers, {
      messageBytesMax: this.options.messageBytesMax,
      input: this.input,
    });
    this.calls.add(call);
    call.onOver(() => this.calls.delete(call));
    void this.run(call, headers);
  }

  private async run(call: ServerCall, headers: http2.IncomingHttpHeaders): Promise<void> {
    const path = headers[':path'] ?? '';
    try {
      if (this.stopping) throw shuttingDown();
      const handler = this.handlers.get(path);
      if (!handler) throw new GrpcError(GrpcCode.Unimplemented, `${path} is not supported`);
      const refusal = this.options.authorise?.(headers, path);
      if (refusal) await refusal;
      await handler(call, headers);
      call.succeed();
    } catch (error) {
      call.fail(this.statusOf(error));
    }
  }

  private statusOf(error: unknown): GrpcError {
    if (error instanceof GrpcError) return error;
    if (error instanceof MalformedMessageError) {
      return new GrpcError(GrpcCode.Internal, error.message);
    }
    const known = this.options.statusOf?.(error);
    if (known) return known;
    this.options.onDefect?.(error);
    return new GrpcError(GrpcCode.Internal, 'an internal error; see the log of the server');
  }
}

const nextMoment = () => new Promise((resolve) => setTimeout(resolve, 5));

const http2Beginning = 'PRI';

/**
 * HTTP/2 connections begin with "PRI * HTTP/2.0"; no HTTP/1 method begins with "PRI". The network
 * may bring as little as one byte at first.
 */
function chooseProtocol(socket: Socket, grpc: http2.Http2Server, http1: Http1Server): void {
  socket.setTimeout(socketIdleProbeMs, () => socket.destroy());
  let first = Buffer.alloc(0);
  const choose = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (!chunk) return;
    first = Buffer.concat([first, chunk]);
    const beginning = first.toString('latin1', 0, http2Beginning.length);
    if (beginning !== http2Beginning && http2Beginning.startsWith(beginning)) return;
    socket.removeListener('readable', choose);
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    socket.unshift(first);
    (beginning === http2Beginning ? grpc : http1).emit('connection', socket);
  };
  socket.on('readable', choose);
}

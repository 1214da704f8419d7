import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyRequest,
  type onRequestHookHandler,
} from 'fastify';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Logger } from '../logging/logger';
import type { ServiceMetrics } from '../metrics/service-metrics';
import { ProblemError } from '../problem/problem';
import { sendProblem } from '../problem/problem-filter';
import { addAdmission, type HttpLimits, type RequestInWork } from './admission';
import { AllowedMethods } from './allowed-methods';
import { refuseBrokenHttp } from './broken-http';
import { Connections } from './connections';
import { readLateBodies } from './late-bodies';
import { readJson } from './strict-json';

/** Nest's adapter knows the types of a Fastify of its own, the same but for a few. */
type NestFastify = ReturnType<FastifyAdapter['setErrorHandler']>;

type ServerOptions = FastifyHttpOptions<Server>;

type RefuseUnreadable = NonNullable<ServerOptions['frameworkErrors']>;

/** Longer than any id, so that an over-long one is told it is invalid, not that nothing is here. */
const MAX_PARAM_LENGTH = 16_384;
const IDLE_SOCKET_TIMEOUT_MS = 120_000;
const HEADERS_TIMEOUT_MS = 15_000;

/** Nest on Fastify with every refusal of Fastify's own as a problem, and JSON as the only body. */
export class HttpServer extends FastifyAdapter {
  private readonly allowed = new AllowedMethods();
  private readonly inWork: Iterable<RequestInWork>;
  readonly connections: Connections;

  constructor(
    private readonly log: Logger,
    metrics: ServiceMetrics,
    limits: HttpLimits,
  ) {
    const options = serverOptions(limits);
    options.frameworkErrors = (...refused) => this.refuseUnreadable(...refused);
    options.clientErrorHandler = (error, socket) => refuseBrokenHttp(error, socket, this.inWork);
    super(ownFastify(options) as never);
    const server = this.fastify;
    // Streams of commands last long: a request has no deadline as a whole, only while it is idle.
    server.server.requestTimeout = 0;
    server.server.headersTimeout = HEADERS_TIMEOUT_MS;
    // Node itself would answer 417, and no problem; what is expected may be left aside (RFC 9110).
    server.server.on('checkExpectation', (request, response) => server.routing(request, response));
    this.allowed.watch(server);
    server.addHook('preParsing', (request, _reply, payload, done) => {
      done(this.refusalOf(request), payload);
    });
    parseJsonOnly(server);
    this.inWork = addAdmission(server, limits);
    readLateBodies(server);
    this.connections = new Connections(server, this.inWork);
    observeAnswers(server, metrics, log);
  }

  get fastify(): FastifyInstance {
    return this.getInstance<FastifyInstance>();
  }

  routes() {
    return this.allowed.all();
  }

  /** Nest's own handler is replaced. */
  override setNotFoundHandler(): NestFastify {
    return this.getInstance<NestFastify>().setNotFoundHandler((request, reply) => {
      sendProblem(reply as never, this.nothingAt(request.url), this.log);
    });
  }

  override setErrorHandler(): NestFastify {
    return this.getInstance<NestFastify>().setErrorHandler((error, _request, reply) => {
      // Fastify would cut the connection of a body that it refuses, and often the answer with it.
      reply.removeHeader('connection');
      sendProblem(reply as never, error, this.log);
    });
  }

  /** Why a request is refused whatever its body is. */
  private refusalOf({ headers, raw, is404, url }: FastifyRequest): ProblemError | null {
    if (headers.host === undefined && raw.httpVersion === '1.1') {
      return new ProblemError('InvalidRequest', 'the header Host is missing');
    }
    return is404 ? this.nothingAt(url) : null;
  }

  /** A known path with another method is 405, else 404. */
  private nothingAt(url: string): ProblemError {
    const methods = this.allowed.of(url.split(/[?#]/, 1)[0] ?? '').join(', ');
    if (methods === '') return new ProblemError('NotFound', 'no such route');
    return new ProblemError('MethodNotAllowed', `use ${methods} here`, {
      headers: { allow: methods },
    });
  }

  /** A URL that no router can read passes no hooks: Nest's one for CORS is run here. */
  private readonly refuseUnreadable: RefuseUnreadable = (error, request, reply) => {
    const refuse = () => sendProblem(reply as never, error, this.log);
    const cors = this['corsHook'] as onRequestHookHandler | undefined;
    if (!cors) return refuse();
    cors.call(this.fastify, request, reply, refuse);
  };
}

const correlation = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Not the Fastify that Nest carries: that one is older and pays 5 % of a request for a wrapper
 * around each body. `skipMiddie` tells Nest that nothing here needs Express's middleware.
 */
const ownFastify = (options: ServerOptions): FastifyInstance =>
  fastify(options).decorate('skipMiddie', true);

function serverOptions(limits: HttpLimits): ServerOptions {
  const prefix = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
  let count = 0;
  return {
    logger: false,
    bodyLimit: limits.oneBodyBytes,
    connectionTimeout: IDLE_SOCKET_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: (request: IncomingMessage) => {
      const given = request.headers['x-correlation-id'];
      return typeof given === 'string' && correlation.test(given)
        ? given
        : `${prefix}-${(count++).toString(36)}`;
    },
    // Node's own refusal of a missing one would be no problem: a hook refuses it.
    http: { requireHostHeader: false },
  };
}

function parseJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      try {
        // Many clients announce JSON and send nothing: the same as no body.
        if (body.length === 0) return done(null, undefined);
        refuseEncodings(request.headers);
        done(null, readJson(body, 'body'));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** Throws `UnsupportedMediaType` for anything but UTF-8 that is not compressed. */
export function refuseEncodings(headers: IncomingHttpHeaders): void {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset) && encoding.toLowerCase() === 'identity') return;
  throw new ProblemError('UnsupportedMediaType', 'JSON is taken in UTF-8 and uncompressed only');
}

function observeAnswers(server: FastifyInstance, metrics: ServiceMetrics, logger: Logger): void {
  const access = logger.isLevelEnabled('debug');
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    if (access) {
      logger.debug(
        { correlationId: request.id, method: request.method, route, status: reply.statusCode },
        'answered',
      );
    }
    done();
  });
}

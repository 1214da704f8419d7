import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { ServiceSettings } from '../config/service-fields';
import { addHealthRoutes, type ReadinessChecks } from '../health/health-routes';
import type { Logger } from '../logging/logger';
import { nestLogger } from '../logging/nest-logger';
import type { ServiceMetrics } from '../metrics/service-metrics';
import { ProblemFilter } from '../problem/problem-filter';
import { defaultHttpLimits, type HttpLimits } from './admission';
import { HttpServer } from './http-server';

/** How long a stop waits for requests that have come in part, and for clients that do not read. */
const STALLED_TIMEOUT_MS = 5_000;

type NestModule = Parameters<typeof NestFactory.create>[0];

export interface ServiceDefinition {
  readonly settings: ServiceSettings;
  readonly module: NestModule;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  /** What must answer before the service is ready, by name. */
  readonly ready: ReadinessChecks;
  readonly limits?: Partial<HttpLimits>;
  /** Adds routes or plugins before Nest adds its own. */
  readonly prepare?: (app: NestFastifyApplication, server: FastifyInstance) => void | Promise<void>;
  /** Called when the stop begins, before requests in flight are awaited: end what is endless. */
  readonly stopping?: () => void | Promise<void>;
}

export interface RunningService {
  readonly app: NestFastifyApplication;
  /** Every route, as a pattern with its methods. */
  routes(): readonly { readonly path: string; readonly methods: readonly string[] }[];
  readonly url: string;
  readonly port: number;
  /**
   * Stops taking requests, finishes those in flight, then closes Nest's modules. After 5 s it ends
   * connections whose request has not come as a whole, or whose client reads nothing for so long.
   */
  stop(): Promise<void>;
}

const exposedHeaders = [
  'Daybook-Position',
  'Daybook-Min-Position',
  'Idempotent-Replayed',
  'Location',
  'Retry-After',
];

/** Starts Nest on Fastify with health, metrics, problems, limits and CORS; resolves listening. */
export async function startService(definition: ServiceDefinition): Promise<RunningService> {
  const { settings, logger, metrics } = definition;
  let stopped: Promise<void> | undefined;
  const server = new HttpServer(logger, metrics, { ...defaultHttpLimits, ...definition.limits });
  addHealthRoutes(server.fastify, definition.ready, metrics, () => stopped !== undefined);
  const app = await NestFactory.create<NestFastifyApplication>(definition.module, server, {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger));
  if (settings.CORS) {
    app.enableCors({
      origin: settings.CORS.includes('*') ? '*' : [...settings.CORS],
      methods: ['GET', 'HEAD', 'POST', 'PATCH'],
      exposedHeaders,
      // An OPTIONS that is no preflight gets the same answer, not the plugin's 400 as plain text.
      strictPreflight: false,
    });
  }
  await definition.prepare?.(app, server.fastify);
  await app.listen({ port: settings.PORT, host: settings.HOST }).catch((error: unknown) => {
    throw cannotListen(settings, error);
  });
  const address = server.fastify.server.address();
  const port = typeof address === 'object' && address ? address.port : settings.PORT;
  const host = settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST;
  const url = `http://${host}:${port}`;
  const stop = async () => {
    // A connection that was busy when the close began would else stay open until it times out.
    const sweep = setInterval(() => server.fastify.server.closeIdleConnections(), 50);
    const stalled = setInterval(() => server.connections.endStalled(), STALLED_TIMEOUT_MS);
    try {
      await definition.stopping?.();
      await app.close();
    } finally {
      clearInterval(sweep);
      clearInterval(stalled);
    }
  };
  const routes = () => server.routes();
  return { app, routes, url, port, stop: () => (stopped ??= stop()) };
}

function cannotListen({ HOST, PORT }: ServiceSettings, cause: unknown): Error {
  const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const problem = isTaken
    ? `port ${PORT} of ${HOST} is taken. Stop what listens there, or set PORT to another.`
    : `${(cause as Error).message}. Set HOST and PORT to what it may listen on.`;
  return new Error(problem, { cause });
}

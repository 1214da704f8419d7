import type { FastifyInstance } from 'fastify';
import type { ServiceMetrics } from '../metrics/service-metrics';

/** What a service needs before it can do its work, by name; a check that throws is not ready. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

const CHECK_TIMEOUT_MS = 3_000;

/** Adds `/health/live`, `/health/ready` and `/metrics`. Not ready (503) while it shuts down. */
export function addHealthRoutes(
  server: FastifyInstance,
  checks: ReadinessChecks,
  metrics: ServiceMetrics,
  stopping: () => boolean,
): void {
  server.get('/health/live', (_request, reply) => reply.send({ status: 'ok' }));
  server.get('/health/ready', async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const),
    );
    const ready = !stopping() && results.every(([, result]) => result === 'ok');
    return reply
      .status(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries(results) });
  });
  server.get('/metrics', async (_request, reply) => {
    const { type, body } = await metrics.text();
    return reply.header('content-type', type).send(body);
  });
}

async function outcome(check: () => Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('timed out'), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch (error) {
    const code = (error as { code?: unknown } | undefined)?.code;
    return typeof code === 'string' ? code : 'failed';
  } finally {
    clearTimeout(timer);
  }
}

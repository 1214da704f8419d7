import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** A service's metrics: the process's own, HTTP times by route and status, and what it adds. */
export interface ServiceMetrics {
  readonly registry: Registry;
  observe(method: string, route: string, status: number, seconds: number): void;
  text(): Promise<{ readonly type: string; readonly body: string }>;
}

/** Creates the metrics of one service with a registry of their own. */
export function createMetrics(service: string): ServiceMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const times = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  // Labels are bound once per route and status: finding them again costs more than observing.
  const bound = new Map<string, { observe(seconds: number): void }>();
  return {
    registry,
    observe(method, route, status, seconds) {
      const key = `${method} ${status} ${route}`;
      let child = bound.get(key);
      if (!child) {
        child = times.labels(method, route, String(status));
        bound.set(key, child);
      }
      child.observe(seconds);
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}

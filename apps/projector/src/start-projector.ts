import type { Clock } from '@daybook/kernel';
import type { EventLog } from '@daybook/event-store';
import {
  startService,
  type Logger,
  type RunningService,
  type ServiceMetrics,
} from '@daybook/platform';
import type { ReadStore } from '@daybook/read-store-mongo';
import { hostname } from 'node:os';
import type { ProjectorConfig } from './config';
import { Progress } from './projecting/progress';
import { watchProgress } from './projecting/progress-metrics';
import { ProjectingWorker } from './projecting/projecting-worker';
import { ProjectorModule } from './projector.module';

const clock: Clock = { now: () => new Date() };

/** The log, whether it answers, and how to let go of it. */
export interface ConnectedLog {
  readonly store: EventLog;
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

export interface ProjectorParts {
  readonly settings: ProjectorConfig;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  readonly eventStore: ConnectedLog;
  readonly readStore: ReadStore;
}

/** Starts a worker and its HTTP side; its stop finishes the batch at hand and its checkpoint. */
export async function startProjector(parts: ProjectorParts): Promise<RunningService> {
  const { settings, logger, metrics, eventStore, readStore } = parts;
  const progress = new Progress(clock);
  watchProgress(progress, metrics.registry);
  const service = await startService({
    settings,
    logger,
    metrics,
    module: ProjectorModule.of(readStore),
    ready: {
      eventStore: () => eventStore.ping(),
      readStore: () => readStore.ping(),
      projecting: () => progress.assertReady(settings.READY_LAG_SECONDS),
    },
  });
  const name = settings.WORKER_NAME ?? `${hostname()}:${service.port}`;
  const { PAGE_SIZE: pageSize } = settings;
  const worker = new ProjectingWorker({
    name,
    log: eventStore.store,
    store: readStore,
    progress,
    logger,
    clock,
    pageSize,
  });
  worker.start();
  const stop = async () => {
    await service.stop();
    await worker.stop();
    await Promise.all([eventStore.close(), readStore.close()]);
  };
  let stopped: Promise<void> | undefined;
  return { ...service, stop: () => (stopped ??= stop()) };
}

import { createCommandRunner } from '@daybook/event-store';
import type { KurrentDBConnection } from '@daybook/event-store-kurrentdb';
import { ledgerModel } from '@daybook/ledger-domain';
import {
  startService,
  type Logger,
  type RunningService,
  type ServiceMetrics,
  type ServiceSettings,
} from '@daybook/platform';
import { CommandBus } from '@nestjs/cqrs';
import { batchRoute } from './batches/batch-docs';
import { addBatchRoutes } from './batches/batch-routes';
import { BatchRunner } from './batches/batch-runner';
import { CommandModule } from './command.module';
import { documentUseCase, openApiDocument } from './docs/open-api';
import { serveDocs } from './docs/docs-page';
import { HoldExpiry } from './expiry/hold-expiry';
import { Ledger } from './ledger/ledger';
import { watchRunner } from './ledger/runner-metrics';
import { useCases } from './use-cases';

export interface CommandServiceParts {
  readonly settings: ServiceSettings & { readonly EFFECTIVE_DAYS_BACK_MAX?: number | undefined };
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  readonly connection: KurrentDBConnection;
  /** Where the files of the documentation's page lie. */
  readonly docsFolder: string;
}

/** Starts the command service on a store; its stop finishes what is in flight, then lets go. */
export async function startCommand(parts: CommandServiceParts): Promise<RunningService> {
  const { settings, logger, metrics, connection } = parts;
  const runner = createCommandRunner({ store: connection.store, model: ledgerModel });
  watchRunner(runner, metrics.registry);
  const ledger = new Ledger(runner);
  const stopping = new AbortController();
  const ground = {
    now: () => new Date(),
    effectiveDaysBackMax: settings.EFFECTIVE_DAYS_BACK_MAX,
  };
  const expiry = new HoldExpiry({ store: connection.store, ledger, logger, now: ground.now });
  const service = await startService({
    settings,
    logger,
    metrics,
    module: CommandModule.of({ ledger: ledger, ground }),
    ready: { eventStore: () => connection.ping() },
    prepare: (app, server) => {
      const batches = new BatchRunner(app.get(CommandBus), ledger, logger);
      addBatchRoutes(server, batches, ground, stopping.signal);
      const routes = [...useCases.map(documentUseCase), batchRoute];
      serveDocs(server, openApiDocument(routes, {}), parts.docsFolder);
    },
    stopping: () => stopping.abort(),
  });
  expiry.start();
  const stop = async () => {
    await expiry.stop();
    await service.stop();
    await runner.stop();
    await connection.close();
  };
  let stopped: Promise<void> | undefined;
  return { ...service, stop: () => (stopped ??= stop()) };
}

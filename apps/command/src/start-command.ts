import {
  createCommandRunner,
  defaultRunnerSettings,
  pause,
  type RunnerSettings,
  StoreUnavailable,
  tailOf,
} from '@daybook/event-store';
import type { KurrentDBConnection } from '@daybook/event-store-kurrentdb';
import { accountStream } from '@daybook/ledger-contracts';
import {
  startService,
  type Logger,
  type RunningService,
  type ServiceMetrics,
} from '@daybook/platform';
import { CommandBus } from '@nestjs/cqrs';
import { setMaxListeners } from 'node:events';
import { batchRoute } from './batches/batch-docs';
import { addBatchRoutes } from './batches/batch-routes';
import { BatchRunner } from './batches/batch-runner';
import { CommandModule } from './command.module';
import type { CommandConfig } from './config';
import { documentUseCase, openApiDocument } from './docs/open-api';
import { serveDocs } from './docs/docs-page';
import { HoldExpiry } from './expiry/hold-expiry';
import { Ledger } from './ledger/ledger';
import { watchRunner } from './ledger/runner-metrics';
import { ProjectedPosition } from './receipts/projected-position';
import { ReceiptDesk } from './receipts/receipt-desk';
import { receiptRoute } from './receipts/receipt-docs';
import { serviceModel } from './receipts/receipt-model';
import { receiptAnswer } from './receipts/receipt-status';
import { Receipts } from './receipts/receipts';
import { useCases } from './use-cases';

export interface CommandServiceParts {
  readonly settings: Omit<CommandConfig, 'KURRENTDB_URL'>;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  readonly connection: KurrentDBConnection;
  /** Bounds of the command runner other than its own. */
  readonly runner?: Partial<RunnerSettings>;
  /** Where the files of the documentation's page lie. */
  readonly docsFolder: string;
}

/**
 * Starts the command service on a store; its stop finishes what is in flight, then lets go. A store
 * that says nothing cannot hold it up: whoever waits is told so before the process ends.
 */
export async function startCommand(parts: CommandServiceParts): Promise<RunningService> {
  const { settings, logger, metrics, connection } = parts;
  const bounds = { ...defaultRunnerSettings, ...parts.runner };
  const runner = createCommandRunner({
    store: connection.store,
    model: serviceModel,
    tail: tailOf(connection.store, [accountStream('')]),
    settings: bounds,
  });
  watchRunner(runner, metrics.registry);
  const ledger = new Ledger(runner);
  const stopping = new AbortController();
  // Every stream that is open listens to it, and admission bounds them.
  setMaxListeners(0, stopping.signal);
  const timekeeping = {
    now: () => new Date(),
    effectiveDaysBackMax: settings.EFFECTIVE_DAYS_BACK_MAX,
  };
  const desk = new ReceiptDesk({ runner, store: connection.store, logger, timekeeping });
  const projected = new ProjectedPosition(settings.PROJECTOR_URL?.replace(/\/+$/, ''));
  const receipts = new Receipts(desk, projected, stopping.signal);
  const expiry = new HoldExpiry({ store: connection.store, ledger, logger, now: timekeeping.now });
  const eventStore = async () => {
    await connection.ping();
    // It answers again, but what became of the last append is not known yet: commands are refused.
    if (!runner.available) throw new StoreUnavailable('none');
  };
  const service = await startService({
    settings,
    logger,
    metrics,
    module: CommandModule.of({ ledger, timekeeping, desk, receipts }),
    ready: { eventStore },
    prepare: (app, server) => {
      const batches = new BatchRunner(app.get(CommandBus), ledger, logger);
      addBatchRoutes(server, batches, timekeeping, stopping.signal);
      const routes = [...useCases.map(documentUseCase), batchRoute, receiptRoute];
      serveDocs(server, openApiDocument(routes, { Receipt: receiptAnswer }), parts.docsFolder);
    },
    stopping: () => stopping.abort(),
  });
  expiry.start();
  desk.start();
  const stop = async () => {
    const background = Promise.all([expiry.stop(), desk.stop()]);
    const served = service.stop();
    const patience = new AbortController();
    const ended = Promise.all([background, served]).finally(() => patience.abort());
    // Then the runner takes no more commands, and gives those up that the store does not answer.
    await Promise.race([ended, pause(bounds.drainMsMax / 2, patience.signal)]);
    await runner.stop();
    await served;
    await connection.close();
    await background;
  };
  let stopped: Promise<void> | undefined;
  return { ...service, stop: () => (stopped ??= stop()) };
}

import { createCommandRunner, type EventStore } from '@daybook/event-store';
import { ledgerModel } from '@daybook/ledger-domain';
import {
  startService,
  type Logger,
  type RunningService,
  type ServiceMetrics,
  type ServiceSettings,
} from '@daybook/platform';
import { CommandModule } from './command.module';
import { Ledger } from './ledger/ledger';
import { watchRunner } from './ledger/runner-metrics';

export interface CommandServiceParts {
  readonly settings: ServiceSettings & { readonly EFFECTIVE_DAYS_BACK_MAX?: number | undefined };
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  /** The store, and whether it answers. */
  readonly store: EventStore & { ping(): Promise<unknown>; close(): Promise<void> };
}

/** Starts the command service on a store; its stop finishes what is in flight, then lets go. */
export async function startCommand(parts: CommandServiceParts): Promise<RunningService> {
  const { settings, logger, metrics, store } = parts;
  const runner = createCommandRunner({ store, model: ledgerModel });
  watchRunner(runner, metrics.registry);
  const service = await startService({
    settings,
    logger,
    metrics,
    module: CommandModule.of({
      ledger: new Ledger(runner),
      ground: {
        now: () => new Date(),
        effectiveDaysBackMax: settings.EFFECTIVE_DAYS_BACK_MAX,
      },
    }),
    ready: { eventStore: () => store.ping() },
  });
  const stop = async () => {
    await service.stop();
    await runner.stop();
    await store.close();
  };
  let stopped: Promise<void> | undefined;
  return { ...service, stop: () => (stopped ??= stop()) };
}

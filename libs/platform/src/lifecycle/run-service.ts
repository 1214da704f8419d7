import type { z } from 'zod';
import { ConfigError, loadConfig, redactConfig } from '../config/load-config';
import type { ServiceSettings } from '../config/service-fields';
import { createLogger, type Logger } from '../logging/logger';
import { createMetrics, type ServiceMetrics } from '../metrics/service-metrics';
import { watchParent } from './parent-watch';

/**
 * A stop that takes longer ends the process all the same: what was acknowledged is durable. Less
 * than the 20 s after which `npm start` kills a part.
 */
const STOP_TIMEOUT_MS = 18_000;

export interface ServiceContext<Config> {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
}

export interface Stoppable {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A service's whole life as a process: settings, start, and a clean stop with status 0 at SIGTERM,
 * SIGINT or the parent's end. Exits 2 on bad settings, 1 when it cannot start or breaks.
 */
export function runService<Config extends ServiceSettings>(
  name: string,
  schema: z.ZodObject & z.ZodType<Config>,
  start: (context: ServiceContext<Config>) => Promise<Stoppable>,
): void {
  const config = readConfig(name, schema);
  if (!config) return;
  const logger = createLogger(name, config.LOG_LEVEL);
  const starting = start({ config, logger, metrics: createMetrics(name) });
  const exit = exitOnce(logger, starting);
  const endWatch = watchParent(config.DAYBOOK_PARENT_PID, () => exit('parent ended', 0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      endWatch();
      exit(signal, 0);
    });
  }
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught error');
    exit('uncaught error', 1);
  });
  starting.then(
    ({ url }) => logger.info({ url, config: redactConfig(config) }, 'started'),
    (error: unknown) => {
      logger.fatal({ err: error }, 'could not start');
      complain(name, error instanceof Error ? error.message : String(error));
      exit('could not start', 1);
    },
  );
}

/** A plain line for who started it: `npm start` repeats it last. */
function complain(name: string, problem: string): void {
  process.stderr.write(`${name}: ${problem}\n`);
}

function readConfig<Schema extends z.ZodObject>(name: string, schema: Schema) {
  try {
    return loadConfig(schema);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { key, message } of error.settings) complain(name, `${key}: ${message}`);
    process.exitCode = 2;
    return undefined;
  }
}

function exitOnce(logger: Logger, starting: Promise<Stoppable>) {
  let exiting = false;
  return (reason: string, status: number): void => {
    if (exiting) return;
    exiting = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error('the stop took too long');
      process.exit(status);
    }, STOP_TIMEOUT_MS).unref();
    starting
      .then(
        (service) => service.stop(),
        // What did not start has nothing to stop.
        () => undefined,
      )
      .then(
        () => process.exit(status),
        (error: unknown) => {
          logger.error({ err: error }, 'the stop failed');
          process.exit(1);
        },
      );
  };
}

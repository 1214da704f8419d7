import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger';

/** Nest's own messages through pino: its start-up chatter at `debug`, troubles at their level. */
export function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message, context) => logger.debug({ context }, text(message)),
    debug: (message, context) => logger.debug({ context }, text(message)),
    verbose: (message, context) => logger.trace({ context }, text(message)),
    warn: (message, context) => logger.warn({ context }, text(message)),
    error: (message, stack, context) => logger.error({ context, stack }, text(message)),
  };
}

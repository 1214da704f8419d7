import 'reflect-metadata';
import { connectKurrentDB } from '@daybook/event-store-kurrentdb';
import { runService } from '@daybook/platform';
import { join } from 'node:path';
import { commandConfig } from './config';
import { startCommand } from './start-command';

runService('command', commandConfig, ({ config, logger, metrics }) =>
  startCommand({
    settings: config,
    logger,
    metrics,
    connection: connectKurrentDB(config.KURRENTDB_URL),
    docsFolder: join(__dirname, 'docs'),
  }),
);

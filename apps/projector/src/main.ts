import 'reflect-metadata';
import { connectKurrentDB } from '@daybook/event-store-kurrentdb';
import { runService } from '@daybook/platform';
import { openReadStore } from '@daybook/read-store-mongo';
import { projectorConfig } from './config';
import { startProjector } from './start-projector';

runService('projector', projectorConfig, async ({ config, logger, metrics }) =>
  startProjector({
    settings: config,
    logger,
    metrics,
    log: connectKurrentDB(config.KURRENTDB_URL),
    store: await openReadStore(config.MONGODB_URL, { appName: 'daybook-projector' }),
  }),
);

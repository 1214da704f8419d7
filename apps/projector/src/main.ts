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
    eventStore: connectKurrentDB(config.KURRENTDB_URL),
    readStore: await openReadStore(config.MONGODB_URL, { appName: 'daybook-projector' }),
  }),
);

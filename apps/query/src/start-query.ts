import {
  type HttpServer,
  type RunningService,
  type ServiceContext,
  startService,
} from '@daybook/platform';
import { LiveLedger, openReadStore } from '@daybook/read-store-mongo';
import { serveGraphiql } from './graphiql/graphiql-page';
import { QueryModule } from './query.module';
import type { QueryConfig } from './config';

/** Starts the query service; `graphiqlFolder` holds GraphiQL's own files. */
export async function startQuery(
  { config, logger, metrics }: ServiceContext<QueryConfig>,
  graphiqlFolder: string,
): Promise<Pick<RunningService, 'url' | 'stop'>> {
  const store = await openReadStore(config.MONGODB_URL, { appName: 'daybook-query' });
  try {
    const live = new LiveLedger(store);
    const service = await startService({
      settings: config,
      module: QueryModule.of({ live, waitMs: config.QUERY_WAIT_MS, logger }),
      logger,
      metrics,
      ready: { mongodb: () => store.ping() },
      prepare: (app) => serveGraphiql((app.getHttpAdapter() as HttpServer).fastify, graphiqlFolder),
    });
    const stop = async () => {
      await service.stop();
      await store.close();
    };
    return { url: service.url, stop };
  } catch (error) {
    await store.close();
    throw error;
  }
}

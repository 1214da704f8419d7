import 'reflect-metadata';
import { startEmbeddedMongoDB } from '@daybook/embedded-mongodb';
import { allPartitions } from '@daybook/ledger-contracts';
import { createLogger, createMetrics, loadConfig } from '@daybook/platform';
import type { LogGroup } from '@daybook/read-model';
import {
  liveGenerations,
  MongoCheckpoints,
  MongoViewWriter,
  openReadStore,
} from '@daybook/read-store-mongo';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import assets from '../../assets.json';
import { startQuery } from '../start-query';
import { queryConfig } from '../config';

/** An answer of the service, of whatever shape the query asked for. */
export interface Answer {
  readonly status: number;
  // The shape is the query's: a spec that reads what it did not ask for fails by itself.
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** The query service over views in a database of their own. */
export interface QueryUnderTest {
  readonly url: string;
  /** Projects groups and says of all partitions that they are projected up to the last one. */
  project(groups: readonly LogGroup[]): Promise<void>;
  ask(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Ends the store alone; false when it is not ours to end. */
  stopStore(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts the service on a free port, over `MONGODB_URL` or an embedded store. */
export async function startQueryUnderTest(waitMs = 200): Promise<QueryUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-query-'));
  for (const { from, to } of assets) await cp(resolve(from), join(folder, to));
  const given = process.env['MONGODB_URL'];
  let embedded = given
    ? undefined
    : await startEmbeddedMongoDB({ dataDir: join(folder, 'data'), port: 0 });
  const mongodb = new URL(given ?? embedded?.url ?? '');
  mongodb.pathname = `/query-${randomBytes(6).toString('hex')}`;

  const store = await openReadStore(mongodb.href, { appName: 'query-under-test' });
  const views = store.views(await liveGenerations(store.db)());
  const writer = new MongoViewWriter({ views });
  const config = loadConfig(queryConfig, {
    PORT: '0',
    MONGODB_URL: mongodb.href,
    QUERY_WAIT_MS: String(waitMs),
  });
  const logger = createLogger('query', 'silent');
  const service = await startQuery(
    { config, logger, metrics: createMetrics('query') },
    join(folder, 'graphiql'),
  );
  const stopStore = async () => {
    await embedded?.stop();
    embedded = undefined;
    return given === undefined;
  };
  return {
    url: service.url,
    project: async (groups) => {
      await writer.apply(groups, allPartitions);
      const last = groups.at(-1);
      if (!last) return;
      const { position, recordedAt } = last;
      await new MongoCheckpoints(views).save(
        allPartitions.map((partition) => ({ partition, position, recordedAt })),
      );
    },
    ask: async (query, variables = {}, headers = {}) => {
      const response = await fetch(`${service.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, ...((await response.json()) as object) };
    },
    stopStore,
    stop: async () => {
      await service.stop();
      if (embedded || given) await store.db.dropDatabase();
      await store.close();
      await stopStore();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

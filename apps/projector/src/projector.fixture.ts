import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { startEmbeddedMongoDB } from '@daybook/embedded-mongodb';
import {
  type AppendOutcome,
  type EventStore,
  type NewRecord,
  UnknownOutcome,
} from '@daybook/event-store';
import { connectKurrentDB, type KurrentDBConnection } from '@daybook/event-store-kurrentdb';
import { createLogger, createMetrics, type RunningService } from '@daybook/platform';
import { openReadStore } from '@daybook/read-store-mongo';
import type { LoggedGroup } from '../../../libs/read-model/src/ledger-log.fixture';
import { startProjector } from './start-projector';

/** Both stores, those of `KURRENTDB_URL` and `MONGODB_URL` or embedded ones, and projectors. */
export interface StoresUnderTest {
  readonly connection: KurrentDBConnection;
  readonly kurrentUrl: string;
  readonly mongoUrl: string;
  /** Writes groups, each in one append, and gives the position of the last. */
  append(groups: readonly LoggedGroup[]): Promise<bigint>;
  projector(name?: string): Promise<RunningService>;
  /**
   * Copies the log and gives what brings the copy back, on the same port; undefined where the log
   * is in a store that is not this test's own.
   */
  backUp(): Promise<(() => Promise<void>) | undefined>;
  close(): Promise<void>;
}

export async function openStores(): Promise<StoresUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-projector-'));
  const { KURRENTDB_URL, MONGODB_URL } = process.env;
  const [dataDir, copy] = [join(folder, 'kurrentdb'), join(folder, 'copy')];
  let kurrent = KURRENTDB_URL ? undefined : await startEmbeddedKurrentDB({ dataDir, port: 0 });
  const mongo = MONGODB_URL
    ? undefined
    : await startEmbeddedMongoDB({ dataDir: join(folder, 'mongodb'), port: 0 });
  const kurrentUrl = KURRENTDB_URL ?? `kurrentdb://127.0.0.1:${kurrent?.port}?tls=false`;
  const mongoUrl = new URL(MONGODB_URL ?? `mongodb://127.0.0.1:${mongo?.port}/`);
  mongoUrl.pathname = `/projector-${randomBytes(6).toString('hex')}`;
  const connection = connectKurrentDB(kurrentUrl);
  return {
    connection,
    kurrentUrl,
    mongoUrl: mongoUrl.href,
    append: async (groups) => {
      let position = -1n;
      for (const group of groups) position = await append(connection, group);
      return position;
    },
    projector: (name) => projectorOn(kurrentUrl, mongoUrl.href, name),
    backUp: async () => {
      const whileStopped = async (act: () => Promise<void>) => {
        const port = kurrent?.port ?? 0;
        await kurrent?.stop();
        await act();
        kurrent = await startEmbeddedKurrentDB({ dataDir, port });
      };
      if (!kurrent) return undefined;
      await whileStopped(() => cp(dataDir, copy, { recursive: true }));
      return () =>
        whileStopped(async () => {
          await rm(dataDir, { recursive: true });
          await cp(copy, dataDir, { recursive: true });
        });
    },
    close: async () => {
      const store = await openReadStore(mongoUrl.href, { appName: 'projector-spec' });
      await store.db.dropDatabase();
      await store.close();
      await connection.close();
      await kurrent?.stop();
      await mongo?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function append({ store }: KurrentDBConnection, group: LoggedGroup): Promise<bigint> {
  const first = new Map<string, number>();
  for (const { stream, revision } of group.records) {
    if (!first.has(stream)) first.set(stream, revision);
  }
  const checks = [...first].map(([stream, revision]) => ({
    stream,
    expected: revision === 0 ? ('no-stream' as const) : revision - 1,
  }));
  const records = group.records.map(
    ({ data, ...record }) => ({ ...record, json: JSON.stringify(data) }) as NewRecord,
  );
  const outcome = await appended(store, records, checks);
  if (!outcome.committed) throw new Error(`not committed: ${JSON.stringify(outcome.violations)}`);
  return outcome.position;
}

/** A store that was just started again may be connected to only at the second attempt. */
async function appended(
  store: EventStore,
  ...append: Parameters<EventStore['append']>
): Promise<AppendOutcome> {
  for (;;) {
    try {
      return await store.append(...append);
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) throw error;
      await pause(50);
    }
  }
}

async function projectorOn(kurrentUrl: string, mongoUrl: string, name?: string) {
  const settings = {
    PORT: 0,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent' as const,
    KURRENTDB_URL: kurrentUrl,
    MONGODB_URL: mongoUrl,
    PAGE_SIZE: 50,
    READY_LAG_SECONDS: 60,
    WORKER_NAME: name,
  };
  return startProjector({
    settings,
    logger: createLogger('projector', 'silent'),
    metrics: createMetrics('projector'),
    eventStore: connectKurrentDB(kurrentUrl),
    readStore: await openReadStore(mongoUrl, { appName: 'projector-spec' }),
  });
}

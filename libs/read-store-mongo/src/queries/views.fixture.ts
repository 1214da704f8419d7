import { allPartitions } from '@daybook/ledger-contracts';
import type { LogGroup } from '@daybook/read-model';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedMongoDB } from '@daybook/embedded-mongodb';
import { MongoCheckpoints } from '../checkpoints/mongo-checkpoints';
import type { Views } from '../collections/views';
import { openReadStore, type ReadStore } from '../connection/read-store';
import { liveGenerations } from '../generations/generations';
import { MongoViewWriter } from '../writing/mongo-view-writer';

/** Views in a database of their own, in the store of `MONGODB_URL` or an embedded one. */
export interface ViewsUnderTest {
  readonly url: string;
  readonly store: ReadStore;
  readonly views: Views;
  /** Projects groups into the views, without any checkpoint. */
  apply(groups: readonly LogGroup[]): Promise<void>;
  /** Says of all partitions that they are projected up to a group. */
  reach(group: LogGroup): Promise<void>;
  close(): Promise<void>;
}

/** Opens an empty database with the collections and indexes of the views. */
export async function openViews(): Promise<ViewsUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-views-'));
  const given = process.env['MONGODB_URL'];
  const embedded = given ? undefined : await startEmbeddedMongoDB({ dataDir: folder, port: 0 });
  const url = new URL(given ?? (embedded as { url: string }).url);
  url.pathname = `/views-${randomBytes(6).toString('hex')}`;
  const store = await openReadStore(url.href, { appName: 'views-under-test' });
  const views = store.views(await liveGenerations(store.db)());
  const writer = new MongoViewWriter({ views });
  const checkpoints = new MongoCheckpoints(views);
  return {
    url: url.href,
    store,
    views,
    apply: (groups) => writer.apply(groups, allPartitions),
    reach: ({ position, recordedAt }) =>
      checkpoints.save(allPartitions.map((partition) => ({ partition, position, recordedAt }))),
    close: async () => {
      await store.db.dropDatabase();
      await store.close();
      await embedded?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

import { MongoClient, MongoServerSelectionError, type Db } from 'mongodb';
import { viewsOf, type Views } from '../collections/views';

/** An open connection to the database that holds the views. */
export interface ReadStore {
  readonly db: Db;
  views(generation: number): Views;
  /** Throws when the store does not answer in time. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadStoreOptions {
  /** Shows in the server's logs. */
  readonly appName: string;
  readonly selectionTimeoutMs?: number;
  readonly socketTimeoutMs?: number;
  readonly poolMax?: number;
}

const NAMES_DATABASE = /^[^/]+\/\/[^/]+\/[^/?]/;

/**
 * Opens the database that the URL's path names; throws when it names none. 64-bit integers are
 * read as `bigint`; writes are durable on a majority when they resolve, and reads by the projector
 * see only such.
 */
export async function openReadStore(url: string, options: ReadStoreOptions): Promise<ReadStore> {
  if (!NAMES_DATABASE.test(url)) {
    throw new Error('the URL names no database; it must look like mongodb://host:27017/daybook');
  }
  const client = new MongoClient(url, {
    appName: options.appName,
    useBigInt64: true,
    ignoreUndefined: true,
    writeConcern: { w: 'majority', journal: true },
    serverSelectionTimeoutMS: options.selectionTimeoutMs ?? 5_000,
    socketTimeoutMS: options.socketTimeoutMs ?? 30_000,
    maxPoolSize: options.poolMax ?? 20,
  });
  await client.connect().catch((error: unknown) => {
    throw notConnected(client, error);
  });
  const db = client.db();
  return {
    db,
    views: (generation) => viewsOf(db, generation),
    ping: async () => {
      await db.command({ ping: 1 });
    },
    close: () => client.close(),
  };
}

/** Names the store by its addresses: the URL may hold a password. */
function notConnected({ options }: MongoClient, cause: unknown): Error {
  const addresses = options.hosts.join(', ') || options.srvHost;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const problem =
    cause instanceof MongoServerSelectionError
      ? `no MongoDB answers at ${addresses} (${reason}); is it running?`
      : `the MongoDB at ${addresses} cannot be used: ${reason}`;
  return new Error(problem, { cause });
}

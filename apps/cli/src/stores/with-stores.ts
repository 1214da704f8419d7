import { type EventLog, StoreUnreachable } from '@daybook/event-store';
import { connectKurrentDB, type KurrentDBConnection } from '@daybook/event-store-kurrentdb';
import { type Difference, type ReadStore, openReadStore } from '@daybook/read-store-mongo';

const PROGRESS_EVERY_MS = 1_000;
/** Differences named in full; beyond them they are only counted. */
const NAMED_MAX = 1_000;

export interface Stores {
  readonly store: ReadStore;
  readonly log: EventLog;
  readonly signal: AbortSignal;
  readonly onProgress: (records: number) => void;
  readonly onDifference: (difference: Difference) => void;
}

/** Runs a command on both stores; resolves with its exit status, 2 when a store is away. */
export async function withStores(
  urls: { readonly kurrentdb: string; readonly mongodb: string },
  command: (stores: Stores) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  let eventStore: KurrentDBConnection | undefined;
  let store: ReadStore | undefined;
  let opening = '--kurrentdb (KURRENTDB_URL): ';
  try {
    eventStore = connectKurrentDB(urls.kurrentdb);
    await eventStore.ping().catch((error: unknown) => {
      throw error instanceof StoreUnreachable ? notThere(urls.kurrentdb, error) : error;
    });
    opening = '--mongodb (MONGODB_URL): ';
    store = await openReadStore(urls.mongodb, { appName: 'daybook-cli' });
    opening = '';
    return await command({
      store,
      log: eventStore.store,
      signal: stop.signal,
      onProgress: progress(),
      onDifference: naming(),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(stop.signal.aborted ? 'Interrupted.' : `could not run: ${opening}${reason}`);
    return 2;
  } finally {
    await store?.close();
    await eventStore?.close();
  }
}

/** A store that is away, by its address without its password. */
function notThere(url: string, cause: Error): Error {
  const address = url.replace(/\/\/.*@/, '//').replace(/\?.*/, '');
  const tls = /[?&]tls=false\b/i.test(url)
    ? ''
    : ' The URL asks for TLS; add ?tls=false for a store without.';
  return new Error(`no event store answers at ${address}; is the ledger running?${tls}`, { cause });
}

function progress() {
  let toldMs = performance.now();
  return (records: number) => {
    if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = performance.now();
    process.stderr.write(`${records.toLocaleString('en-US')} events\n`);
  };
}

function naming() {
  let named = 0;
  return ({ where, id, detail }: Difference) => {
    if (named++ < NAMED_MAX) console.log(`✗ ${where} ${id}: ${detail}`);
  };
}

import { assertStoreIn, backupStore, EmbeddedStore } from '@daybook/embedded-store';
import { checkStore, type CheckReport } from './storage/check-store';
import { Databases } from './storage/databases';
import { EventStore } from './storage/event-store';
import { storeFormats } from './storage/layout';
import type { ScavengeReport } from './storage/scavenge';

const command = 'embedded-kurrentdb maintenance';

/** Reads a store that no server uses and names everything that is wrong with it. */
export async function checkDataDir(dataDir: string): Promise<CheckReport> {
  const store = await EmbeddedStore.open({ dataDir, ...storeFormats, command, readOnly: true });
  try {
    return checkStore(new Databases(store));
  } finally {
    await store.close();
  }
}

/** Frees what can no longer be read, in a store that no server uses. */
export async function scavengeDataDir(dataDir: string): Promise<ScavengeReport> {
  assertStoreIn(dataDir);
  const store = await EventStore.open({ dataDir, command });
  try {
    return await store.scavenge();
  } finally {
    await store.close();
  }
}

/** Copies a store, also while a server uses it; the copy takes no more room than it needs. */
export async function backupDataDir(dataDir: string, target: string): Promise<void> {
  await backupStore(dataDir, target, storeFormats);
}

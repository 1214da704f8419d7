export {
  startEmbeddedKurrentDB,
  type EmbeddedKurrentDB,
  type EmbeddedKurrentDBOptions,
  type ServerStatistics,
} from './server';
export { backupDataDir, checkDataDir, scavengeDataDir } from './maintenance';
export type { CheckReport } from './storage/check-store';
export type { ScavengeReport } from './storage/scavenge';
export { StoreFormatError, StoreLockedError, StorePoisonedError } from '@daybook/embedded-store';

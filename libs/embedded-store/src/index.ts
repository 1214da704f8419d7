export * from './errors';
export { lockFolder, type FolderLock } from './folder-lock';
export {
  GroupCommit,
  defaultGroupCommitLimits,
  type GroupCommitLimits,
  type GroupObserver,
} from './group-commit';
export {
  assertStoreIn,
  backupStore,
  EmbeddedStore,
  type BinaryDatabase,
  type OpenStoreOptions,
} from './open-store';
export { portOf, readArguments, runCommand, serve, UsageError } from './store-command';
export { syncFolder, syncFolderWithFiles, syncParent } from './synced-files';

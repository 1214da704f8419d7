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
export { syncFolder, syncFolderWithFiles, syncParent } from './synced-files';
export { statusOfFailedStart, whyNotStarted, type StartArguments } from './why-not-started';

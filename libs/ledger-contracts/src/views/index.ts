export * from './account-views';
export * from './entry-view';
export * from './log-views';
export * from './partitions';
export * from './transaction-view';

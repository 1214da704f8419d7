export * from './account-state';
export * from './commands';
export * from './operation';
export * from './rejections';
export * from './transaction-state';

export * from './events/account-events';
export * from './events/fields';
export * from './events/ledger-events';
export * from './events/transaction-events';
export * from './metadata';
export * from './streams';
export * from './views';

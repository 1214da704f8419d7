export * from './command';
export * from './command-errors';
export * from './command-runner';
export * from './runner-settings';
export * from './stream-model';

export * from './command';
export * from './command-errors';
export * from './runner-settings';
export * from './stream-model';

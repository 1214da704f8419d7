export * from './command';
export * from './command-errors';
export * from './command-runner';
export { tailOf } from './others-writes';
export * from './runner-settings';
export * from './stream-model';

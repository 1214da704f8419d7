export * from './command-runner';
export * from './errors';
export * from './event-store';
export * from './gate';
export * from './pause';

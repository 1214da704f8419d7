export * from './clock';
export * from './currency';
export * from './decider';
export * from './ids';
export * from './instant';
export * from './money';
export * from './placed-list';

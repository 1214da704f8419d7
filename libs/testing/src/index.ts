export * from './crash';
export * from './processes';
export * from './linearizability';

export * from './crash';
export * from './processes';
export * from './linearizability';
export * from './event-store';

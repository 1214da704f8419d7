export * from './contract';
export * from './faulty-event-store';
export * from './in-memory-event-store';

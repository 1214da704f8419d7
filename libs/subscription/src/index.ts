export * from './backoff';
export * from './catch-up';
export * from './checkpoints';
export * from './group';
export * from './group-assembler';
export * from './leases';
export * from './projecting';
export * from './working';

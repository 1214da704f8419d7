export * from './collections/collection-names';
export * from './collections/indexes';
export * from './collections/views';
export * from './wide-amount';

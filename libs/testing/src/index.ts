export * from './crash';
export * from './processes';

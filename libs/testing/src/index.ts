export * from './crash';

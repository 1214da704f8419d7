export * from './account-model';
export * from './checker';

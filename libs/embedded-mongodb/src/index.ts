export { type EmbeddedMongoDB, type EmbeddedMongoDBOptions, startEmbeddedMongoDB } from './server';

export {
  startEmbeddedKurrentDB,
  type EmbeddedKurrentDB,
  type EmbeddedKurrentDBOptions,
} from './server';
export { StoreFormatError, StoreLockedError, StorePoisonedError } from '@daybook/embedded-store';

export { servePersistentSubscriptions, type Callers } from './methods';
export { PersistentSubscriptions } from './persistent-subscriptions';

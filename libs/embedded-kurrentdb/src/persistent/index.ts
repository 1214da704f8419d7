export { servePersistentSubscriptions, type UserOf } from './methods';
export { PersistentSubscriptions } from './persistent-subscriptions';

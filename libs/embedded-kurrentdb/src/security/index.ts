export { AccessControl, type StreamAccess } from './access-control';
export { accessDenied, type Authentication } from './authentication';
export { securityOf, type Security, type SecurityOptions } from './security';
export { defaultUsers, systemCaller, type Caller, type UserAccount } from './users';

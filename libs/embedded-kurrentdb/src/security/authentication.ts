import type { IncomingHttpHeaders } from 'node:http2';
import { GrpcCode, GrpcError } from '../grpc/status';
import { systemCaller, type Caller, type Users } from './users';

const headerBytesMax = 8 * 1024;

/** What a client may ask before it says who it is: it needs the answers to connect at all. */
const openToAll = [
  '/event_store.client.server_features.ServerFeatures/',
  '/event_store.client.gossip.Gossip/',
];

/** Knows the caller of each call from its headers. */
export interface Authentication {
  /** The caller; undefined for a call without credentials. Throws UNAUTHENTICATED on wrong ones. */
  callerOf(headers: IncomingHttpHeaders): Caller | undefined;
  /** Decides before a method runs whether the caller may call it at all. */
  authorise(headers: IncomingHttpHeaders, path: string): void;
}

/** Credentials are switched off: any user name, password or token is accepted. */
export const everyone: Authentication = {
  callerOf: () => systemCaller,
  authorise: () => undefined,
};

/** Checks basic credentials of every call against the known users. */
export class BasicAuthentication implements Authentication {
  constructor(private readonly users: Users) {}

  callerOf(headers: IncomingHttpHeaders): Caller | undefined {
    const { authorization } = headers;
    if (authorization === undefined) return undefined;
    const caller = this.checked(authorization);
    if (!caller) throw new GrpcError(GrpcCode.Unauthenticated, 'Bad credentials');
    return caller;
  }

  authorise(headers: IncomingHttpHeaders, path: string): void {
    if (openToAll.some((prefix) => path.startsWith(prefix))) return;
    if (!this.callerOf(headers)) throw accessDenied();
  }

  private checked(authorization: string): Caller | undefined {
    if (authorization.length > headerBytesMax) return undefined;
    const [, encoded] = /^basic +([a-z0-9+/]+=*)$/i.exec(authorization) ?? [];
    if (encoded === undefined) return undefined;
    const decoded = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon < 0) return undefined;
    return this.users.find(decoded.slice(0, colon), decoded.slice(colon + 1));
  }
}

/** The refusal of a caller who is known, or of nobody, to do something not allowed to them. */
export const accessDenied = (): GrpcError =>
  new GrpcError(GrpcCode.PermissionDenied, 'Access Denied', { exception: 'access-denied' });

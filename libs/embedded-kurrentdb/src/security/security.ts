import type { EventStore } from '../storage/event-store';
import { decodeRecordedEvent } from '../storage/recorded-event';
import type { IncomingHttpHeaders } from 'node:http2';
import { AccessControl, type AccessLists } from './access-control';
import { BasicAuthentication, everyone, type Authentication } from './authentication';
import { guardedStore } from './guarded-store';
import { Users, defaultUsers, systemCaller, type UserAccount } from './users';

/** What of a server's security is switched on; nothing by default. */
export interface SecurityOptions {
  /** Key and certificate in PEM: connections are then encrypted. */
  readonly tls?: { readonly key: Buffer | string; readonly cert: Buffer | string };
  /** Users that callers must be one of; `true` means those of the original's first start. */
  readonly users?: true | readonly UserAccount[];
  /** Access lists in stream metadata are obeyed; needs users. */
  readonly accessLists?: boolean;
}

/** Who callers are, and what they may do. */
export interface Security {
  readonly authentication: Authentication;
  /** The store as the call's caller may use it. */
  storeFor(headers: IncomingHttpHeaders): EventStore;
  /** The name under which the caller is shown. */
  nameOf(headers: IncomingHttpHeaders): string;
  /** Throws unless the caller may make, change and remove consumer groups. */
  checkManagement(headers: IncomingHttpHeaders): void;
  /** Throws unless the caller may read the stream. */
  checkReading(headers: IncomingHttpHeaders, stream: string): void;
}

/** Makes what the options ask for; throws when they contradict each other. */
export function securityOf(options: SecurityOptions, store: () => EventStore): Security {
  if (options.users === undefined && options.accessLists) {
    throw new Error('access lists need users to be switched on');
  }
  const accounts = options.users === true ? defaultUsers : options.users;
  const authentication = accounts ? new BasicAuthentication(new Users(accounts)) : everyone;
  const access = options.accessLists ? new AccessControl(storedLists(store)) : undefined;
  const callerOf = (headers: IncomingHttpHeaders) => authentication.callerOf(headers);
  return {
    authentication,
    storeFor: (headers) => (access ? guardedStore(store(), access, callerOf(headers)) : store()),
    nameOf: (headers) => (callerOf(headers) ?? systemCaller).name,
    checkManagement: (headers) => access?.checkManagement(callerOf(headers)),
    checkReading: (headers, stream) => access?.check(callerOf(headers), 'read', stream),
  };
}

function storedLists(store: () => EventStore): AccessLists {
  return {
    ofStream: (stream) => (newestJson(store(), `$$${stream}`) as { $acl?: unknown })?.$acl,
    settings: () => newestJson(store(), '$settings'),
  };
}

/** The newest event of a stream as JSON; undefined when there is none or it is something else. */
function newestJson(store: EventStore, stream: string): unknown {
  const view = store.streams.view(Buffer.from(stream));
  if (view.kind !== 'readable') return undefined;
  let parsed: unknown;
  store.streams.backwards(view.record, view.record.lastRevision, (event) => {
    try {
      parsed = JSON.parse(decodeRecordedEvent(event.record).data.toString('utf8'));
    } catch {
      parsed = undefined;
    }
    return false;
  });
  return parsed ?? undefined;
}

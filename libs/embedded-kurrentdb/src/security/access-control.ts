import { accessDenied } from './authentication';
import { admins, operators, type Caller } from './users';

/** What a caller wants to do with a stream. */
export type StreamAccess = 'read' | 'write' | 'delete' | 'readMetadata' | 'writeMetadata';

/** The role that stands for everybody, in access lists. */
export const everybody = '$all';

/** Names and roles allowed for each access; a missing entry falls back to the default. */
export type AccessList = Partial<Record<StreamAccess, readonly string[]>>;

const keys: Readonly<Record<StreamAccess, string>> = {
  read: '$r',
  write: '$w',
  delete: '$d',
  readMetadata: '$mr',
  writeMetadata: '$mw',
};

/** The default lists for streams of users and of the system. */
export interface DefaultLists {
  readonly user: AccessList;
  readonly system: AccessList;
}

/** Reads an access list as stream metadata holds it; anything malformed counts as missing. */
export function parseAccessList(acl: unknown): AccessList {
  if (typeof acl !== 'object' || acl === null) return {};
  const list: AccessList = {};
  for (const [access, key] of Object.entries(keys)) {
    const value = (acl as Record<string, unknown>)[key];
    const names = typeof value === 'string' ? [value] : value;
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) {
      list[access as StreamAccess] = names;
    }
  }
  return list;
}

/** Reads the stored defaults: the newest event of `$settings`. */
export function parseDefaultLists(settings: unknown): DefaultLists {
  const found = (settings ?? {}) as { $userStreamAcl?: unknown; $systemStreamAcl?: unknown };
  return {
    user: parseAccessList(found.$userStreamAcl),
    system: parseAccessList(found.$systemStreamAcl),
  };
}

/** Where the lists are kept. */
export interface AccessLists {
  /** The `$acl` of the stream's metadata, as parsed JSON; undefined when there is none. */
  ofStream(stream: string): unknown;
  /** The newest event of `$settings`, as parsed JSON; undefined when there is none. */
  settings(): unknown;
}

/** Decides what callers may do with streams, from the lists in stream metadata. */
export class AccessControl {
  constructor(private readonly lists: AccessLists) {}

  /** Throws access-denied unless the caller may do this with the stream. */
  check(caller: Caller | undefined, access: StreamAccess, stream: string): void {
    if (caller?.roles.has(admins)) return;
    const isMetadata = stream.startsWith('$$');
    const named = isMetadata ? stream.slice(2) : stream;
    const wanted = isMetadata ? metadataAccess(access) : access;
    const allowed = this.allowed(named, wanted);
    if (allowed.includes(everybody)) return;
    if (!caller || !allowed.some((role) => caller.roles.has(role))) throw accessDenied();
  }

  /** Throws access-denied unless the caller may manage the server's parts. */
  checkManagement(caller: Caller | undefined): void {
    if (!caller?.roles.has(admins) && !caller?.roles.has(operators)) throw accessDenied();
  }

  private allowed(stream: string, access: StreamAccess): readonly string[] {
    const own = parseAccessList(this.lists.ofStream(stream))[access];
    if (own) return own;
    const defaults = parseDefaultLists(this.lists.settings());
    if (stream.startsWith('$')) return defaults.system[access] ?? [admins];
    return defaults.user[access] ?? [everybody];
  }
}

/** Reading or writing a metadata stream is an access to its stream's metadata. */
function metadataAccess(access: StreamAccess): StreamAccess {
  if (access === 'read') return 'readMetadata';
  return access === 'write' || access === 'delete' ? 'writeMetadata' : access;
}

import type { EventStore } from '../storage/event-store';
import { nameOf } from '../storage/stream-name';
import type { AccessControl } from './access-control';
import type { Caller } from './users';

const allStream = '$all';

/**
 * The store as one caller may use it: the same, but every stream it names is checked against its access
 * list first. Reading the log is reading the stream `$all`.
 */
export function guardedStore(
  store: EventStore,
  access: AccessControl,
  caller: Caller | undefined,
): EventStore {
  const mayRead = (stream: string) => access.check(caller, 'read', stream);
  const mayWrite = (names: readonly string[]) => {
    for (const name of names) access.check(caller, 'write', name);
  };
  const streams: EventStore['streams'] = overridden(store.streams, {
    view: (name) => (mayRead(name.toString()), store.streams.view(name)),
  });
  const log: EventStore['log'] = overridden(store.log, {
    forwards: (...read) => (mayRead(allStream), store.log.forwards(...read)),
    backwards: (...read) => (mayRead(allStream), store.log.backwards(...read)),
  });
  return overridden(store, {
    streams,
    log,
    append: async (request, bytes) => {
      mayWrite(request.streams.map(({ name }) => name.toString()));
      return store.append(request, bytes);
    },
    appendChecked: async (request, bytes) => {
      mayWrite(request.streams.map(nameOf));
      for (const stream of request.checks.keys()) mayRead(nameOf(stream));
      return store.appendChecked(request, bytes);
    },
    delete: async (name, expected, forEver) => {
      access.check(caller, 'delete', name.toString());
      return store.delete(name, expected, forEver);
    },
  });
}

/** The object with some of its members replaced; the others are its own, whatever they become. */
function overridden<T extends object>(object: T, members: Partial<T>): T {
  const guarded = Object.create(object) as T;
  for (const [key, value] of Object.entries(members)) {
    Object.defineProperty(guarded, key, { value });
  }
  return guarded;
}

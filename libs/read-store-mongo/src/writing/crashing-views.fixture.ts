import type { Views } from '../collections/views';

/** A process that died: nothing more is written. */
export class Crashed extends Error {}

/**
 * Views whose writes end at the nth, as if the process had died there: `before` the server got the
 * write, or `after` it was done and nobody was there to hear of it.
 */
export function crashingViews(views: Views, nth: number, when: 'before' | 'after'): Views {
  let writes = 0;
  const write = async (act: () => Promise<unknown>) => {
    writes += 1;
    if (writes > nth || (writes === nth && when === 'before')) throw new Crashed();
    const result = await act();
    if (writes >= nth) throw new Crashed();
    return result;
  };
  const crashing = <T extends object>(writer: T, writes: (key: string | symbol) => boolean): T =>
    new Proxy(writer, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        const call = (...args: unknown[]): unknown => member.apply(target, args);
        if (!writes(key)) return call;
        return (...args: unknown[]) => write(() => call(...args) as Promise<unknown>);
      },
    });
  return {
    ...views,
    db: crashing(views.db, (key) => key === 'command'),
    collection: (view) => crashing(views.collection(view), (key) => key === 'bulkWrite'),
  };
}

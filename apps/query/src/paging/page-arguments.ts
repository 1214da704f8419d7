import type { KeysetKey, PageWindow } from '@daybook/read-store-mongo';
import { badInput } from '../answers/errors';
import { queryLimits } from '../limits/query-limits';
import type { ListKey } from './list-key';

/** Relay's arguments of a connection. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** Checks a connection's arguments; without `first` and `last` it is a first page. */
export function pageWindow<Item>(args: PageArguments, key: ListKey<Item>): PageWindow<KeysetKey> {
  const first = pageSize('first', args.first);
  const last = pageSize('last', args.last);
  return {
    first: first === undefined && last === undefined ? queryLimits.pageDefault : first,
    last,
    after: place(key, args.after),
    before: place(key, args.before),
  };
}

const place = <Item>(key: ListKey<Item>, cursor: string | null | undefined) =>
  typeof cursor === 'string' ? key.read(cursor) : undefined;

function pageSize(name: string, size: number | null | undefined): number | undefined {
  if (typeof size !== 'number') return undefined;
  if (size < 0) throw badInput(`${name} must not be negative`);
  if (size > queryLimits.pageMax) throw badInput(`${name} must be at most ${queryLimits.pageMax}`);
  return size;
}

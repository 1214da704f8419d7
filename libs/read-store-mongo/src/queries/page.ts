/** What a client asks of a list, in the words of the Relay specification; keys are its places. */
export interface PageWindow<Key> {
  readonly first?: number | undefined;
  readonly after?: Key | undefined;
  readonly last?: number | undefined;
  readonly before?: Key | undefined;
}

/** A page in the list's order. What lies beyond it is looked up only when asked for. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Nothing of the list lies before the page's first item. */
  readonly fromStart: boolean;
  hasNextPage(): Promise<boolean>;
  hasPreviousPage(): Promise<boolean>;
}

/** One end of a stretch of a list. */
export interface Bound<Key> {
  readonly key: Key;
  readonly inclusive: boolean;
}

/** A list in a fixed order. Items never leave it nor change places, others may come between. */
export interface PagedList<Key, Item> {
  /** At most `limit` items between two bounds, from the low end (1) or the high end (-1). */
  read(
    low: Bound<Key> | undefined,
    high: Bound<Key> | undefined,
    direction: 1 | -1,
    limit: number,
  ): Promise<readonly Item[]>;
}

/**
 * Reads a page as the Relay specification defines it: `first` cuts from the front of what lies
 * between the cursors, then `last` from the back. One of the two must be given.
 */
export async function readPage<Key, Item>(
  list: PagedList<Key, Item>,
  { first, after, last, before }: PageWindow<Key>,
): Promise<Page<Item>> {
  const low = after === undefined ? undefined : { key: after, inclusive: false };
  const high = before === undefined ? undefined : { key: before, inclusive: false };
  const direction = first === undefined ? -1 : 1;
  const size = first ?? last ?? 0;
  // One more than the page tells whether the list goes on.
  const found = await list.read(low, high, direction, size + 1);
  const more = found.length > size;
  const kept = found.slice(0, size);
  const inOrder = direction === 1 ? kept : kept.reverse();
  const cut = first === undefined ? 0 : Math.max(0, inOrder.length - (last ?? inOrder.length));
  const items = inOrder.slice(cut);

  const upTo = after === undefined ? undefined : { key: after, inclusive: true };
  const from = before === undefined ? undefined : { key: before, inclusive: true };
  const exists = async (lowEnd: typeof upTo, highEnd: typeof upTo) =>
    (await list.read(lowEnd, highEnd, 1, 1)).length > 0;
  return {
    items,
    fromStart: after === undefined && cut === 0 && (direction === 1 || !more),
    hasNextPage: async () =>
      first !== undefined ? more : from !== undefined && exists(from, undefined),
    hasPreviousPage: async () => {
      if (last !== undefined) return cut > 0 || (first === undefined && more);
      return upTo !== undefined && exists(undefined, upTo);
    },
  };
}

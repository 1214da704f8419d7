import type { Page } from '@daybook/read-store-mongo';
import type { ListKey } from './list-key';

/** A Relay connection. What costs a query of its own is a function, called only when asked for. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: () => Promise<boolean>;
    readonly hasPreviousPage: () => Promise<boolean>;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: () => Promise<number>;
}

/** A page as a connection. */
export function connection<Item, Node>(
  page: Page<Item>,
  key: ListKey<Item>,
  nodeOf: (item: Item, index: number) => Node,
  totalCount: () => Promise<number>,
): Connection<Node> {
  const edges = page.items.map((item, index) => ({
    cursor: key.write(item),
    node: nodeOf(item, index),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: () => page.hasNextPage(),
      hasPreviousPage: () => page.hasPreviousPage(),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

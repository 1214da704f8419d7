import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

/** Remembers every route as it is added, and tells which methods a path would have taken. */
export class AllowedMethods {
  private readonly routes = new Map<string, KnownRoute>();

  /** Must be called before the first route is added. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => {
      if (url.includes('*')) return;
      const route = this.routes.get(url) ?? { segments: url.split('/'), methods: new Set() };
      for (const name of Array.isArray(method) ? method : [method]) route.methods.add(name);
      this.routes.set(url, route);
    });
  }

  /** Every route, as a pattern with its methods. */
  all(): readonly { readonly path: string; readonly methods: readonly string[] }[] {
    return [...this.routes].map(([path, { methods }]) => ({ path, methods: [...methods].sort() }));
  }

  /** The methods of the routes that match a path as it was sent, in alphabetical order. */
  of(path: string): readonly string[] {
    // As the router does: `%2F` stays one, as it separates nothing.
    const given = decodeURI(path).split('/');
    const methods = new Set<string>();
    for (const { segments, methods: own } of this.routes.values()) {
      if (matches(segments, given)) for (const method of own) methods.add(method);
    }
    return [...methods].sort();
  }
}

function matches(segments: readonly string[], given: readonly string[]): boolean {
  return (
    segments.length === given.length &&
    segments.every((segment, i) =>
      segment.startsWith(':') ? given[i] !== '' : segment === given[i],
    )
  );
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** GraphiQL's own files: copied from their packages at build, never from elsewhere at run time. */
const files: Readonly<Record<string, string>> = {
  'graphiql.min.js': 'text/javascript; charset=utf-8',
  'graphiql.min.css': 'text/css; charset=utf-8',
  'react.production.min.js': 'text/javascript; charset=utf-8',
  'react-dom.production.min.js': 'text/javascript; charset=utf-8',
};

const startScript = `
const fetcher = GraphiQL.createFetcher({ url: '/graphql' });
const defaultQuery = [
  '# The balance of an account at the end of a day, as it was known on another one.',
  '{',
  '  account(id: "alice", asOf: "2026-03-31T23:59:59.999Z") {',
  '    balance { amount currency }',
  '    entries(last: 10) { edges { node { effectiveAt amount { amount } counterparty } } }',
  '  }',
  '}',
].join('\\n');
const root = ReactDOM.createRoot(document.getElementById('graphiql'));
root.render(React.createElement(GraphiQL, { fetcher, defaultQuery }));
`;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Daybook · GraphiQL</title>
    <link rel="stylesheet" href="/graphql/ui/graphiql.min.css" />
    <style>body, #graphiql { height: 100vh; margin: 0; }</style>
  </head>
  <body>
    <div id="graphiql">Loading…</div>
    <script src="/graphql/ui/react.production.min.js"></script>
    <script src="/graphql/ui/react-dom.production.min.js"></script>
    <script src="/graphql/ui/graphiql.min.js"></script>
    <script src="/graphql/ui/start.js"></script>
  </body>
</html>
`;

/** Nothing may come from elsewhere; GraphiQL's editor sets styles inline and embeds its fonts. */
const contentPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Answers a browser that opens `/graphql` with GraphiQL, from the files in `folder`. Throws when
 * one is missing: then the service was not built. Must be called before the GraphQL route is added.
 */
export function serveGraphiql(server: FastifyInstance, folder: string): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!opensPage(request)) return done();
    void reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentPolicy)
      .send(page);
  });
  const contents = Object.entries(files).map(
    ([name, type]) => [name, type, readFileSync(join(folder, name))] as const,
  );
  const start = ['start.js', 'text/javascript; charset=utf-8', Buffer.from(startScript)] as const;
  for (const [name, type, content] of [...contents, start]) {
    const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
    server.get(`/graphql/ui/${name}`, (request, reply) => {
      void reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(content);
    });
  }
}

function opensPage({ method, url, headers }: FastifyRequest): boolean {
  const [path, search = ''] = url.split('?', 2);
  return (
    method === 'GET' &&
    path === '/graphql' &&
    !new URLSearchParams(search).has('query') &&
    (headers.accept ?? '').includes('text/html')
  );
}

import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const files: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const start = `SwaggerUIBundle({ url: '/docs-json', dom_id: '#ui', validatorUrl: null });`;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Daybook · Commands</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const contentPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/**
 * Serves the OpenAPI document at `/docs-json` (and `/docs`, for a client that asks for JSON) and
 * its page at `/docs`, from the files in `folder` alone. Throws when one is missing.
 */
export function serveDocs(server: FastifyInstance, document: object, folder: string): void {
  const text = JSON.stringify(document);
  server.get('/docs-json', (_request, reply) => reply.type('application/json').send(text));
  server.get('/docs', (request, reply) => {
    const accept = request.headers.accept ?? '';
    if (accept.includes('application/json') && !accept.includes('text/html')) {
      return reply.type('application/json').send(text);
    }
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentPolicy)
      .send(page);
  });
  server.get('/docs/start.js', (_request, reply) => reply.type('text/javascript').send(start));
  for (const [name, type] of Object.entries(files)) {
    const content = readFileSync(join(folder, name));
    server.get(`/docs/${name}`, (_request, reply) =>
      reply.type(type).header('cache-control', 'max-age=3600').send(content),
    );
  }
}

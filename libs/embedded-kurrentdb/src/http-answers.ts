import type { Http1Answer } from './grpc/http1';
import { serverVersion } from './server-features';

/** Answers to plain HTTP on the port of the gRPC server. */
export function answerHttp(method: string, path: string): Http1Answer {
  if (method !== 'GET' && method !== 'HEAD') return { status: 404 };
  switch (path.split('?')[0]) {
    case '/ping':
      return json({ text: 'Ping request successfully handled' });
    case '/health/live':
      return { status: 204 };
    case '/info':
      return json({
        dbVersion: serverVersion,
        esVersion: serverVersion,
        state: 'leader',
        features: { projections: false, userManagement: false, atomPub: false },
      });
    default:
      return { status: 404 };
  }
}

function json(body: unknown): Http1Answer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) };
}

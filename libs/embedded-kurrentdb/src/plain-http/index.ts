import type { PlainAnswer, PlainAnswers } from '../grpc/http1';
import { serverVersion } from '../server-features';
import type { Security } from '../security';
import type { AppendLimits } from '../streams/limits';
import { postEvent } from './post-event';

/** Answers to plain HTTP on the port of the gRPC server. */
export function plainAnswers(limits: AppendLimits, security: Security): PlainAnswers {
  return async (request) => {
    const path = request.path.split('?')[0] ?? '';
    if (request.method === 'POST') return postEvent(request, path, limits, security);
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 404 };
    switch (path) {
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
        return { status: 404, contentType: 'text/plain', body: whatIsAnswered };
    }
  };
}

/** For who opens the port in a browser, or asks for what the original has. */
const whatIsAnswered =
  'embedded-kurrentdb has no user interface and no AtomPub: connect with a gRPC client. ' +
  'Over plain HTTP it answers GET /ping, /health/live and /info, and POST /streams/{stream}.\n';

function json(body: unknown): PlainAnswer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) };
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from '../problem/problem';

export interface HttpLimits {
  /** Requests that may be in work at once. */
  readonly requests: number;
  /** Bytes of bodies that may be in work at once. */
  readonly bodyBytes: number;
  /** Bytes of one body, unless its route says otherwise. */
  readonly oneBodyBytes: number;
}

export const defaultHttpLimits: HttpLimits = {
  requests: 4_096,
  // Parsed, JSON takes several times its bytes.
  bodyBytes: 64 * 1024 * 1024,
  oneBodyBytes: 1024 * 1024,
};

/** Refuses requests early (429) when too many, or too many bytes of bodies, are in work. */
export function addAdmission(server: FastifyInstance, limits: HttpLimits): void {
  let requests = 0;
  let bytes = 0;
  // By the path as it came: to ask Fastify for the route makes an object for every request.
  const open = ['/health/live', '/health/ready', '/metrics'];
  server.addHook('onRequest', (request, reply, done) => {
    if (open.includes(request.url)) return done();
    const body = bodySize(request, limits);
    if (requests >= limits.requests || bytes + body > limits.bodyBytes) {
      return done(
        new ProblemError('Overloaded', 'too many requests are in work, try again soon', {
          headers: { 'retry-after': '1' },
        }),
      );
    }
    requests += 1;
    bytes += body;
    // Not `onResponse`: a client may go away before its answer.
    reply.raw.once('close', () => {
      requests -= 1;
      bytes -= body;
    });
    done();
  });
}

function bodySize(request: FastifyRequest, limits: HttpLimits): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const sent = Number(length) || 0;
  if (encoding === undefined && sent <= limits.oneBodyBytes) return sent;
  // A longer body is refused, or is a stream that is never in memory as a whole.
  const inMemory = request.routeOptions.bodyLimit ?? limits.oneBodyBytes;
  return length === undefined ? inMemory : Math.min(sent, inMemory);
}

import { PlacedList, type Placed } from '@daybook/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Transform } from 'node:stream';
import { overloaded } from '../problem/problem';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media type of a route's bodies that are read as streams, never kept as a whole. */
    readonly streamed?: string;
  }
}

export interface HttpLimits {
  /** Requests that may be in work at once. */
  readonly requests: number;
  /** Bytes of bodies that may be in work at once. */
  readonly bodyBytes: number;
  /** Bytes of one body, unless its route says otherwise. */
  readonly oneBodyBytes: number;
  /** Bytes that a long body counts for which is read as a stream. */
  readonly oneStreamBytes: number;
}

export const defaultHttpLimits: HttpLimits = {
  requests: 4_096,
  // Parsed, JSON takes several times its bytes.
  bodyBytes: 64 * 1024 * 1024,
  oneBodyBytes: 1024 * 1024,
  oneStreamBytes: 64 * 1024,
};

/** A request whose answer has not ended. */
export interface RequestInWork extends Placed {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Refuses requests early (429) when too many, or too many bytes of bodies, are in work. Returns
 * those that are.
 */
export function addAdmission(server: FastifyInstance, limits: HttpLimits): Iterable<RequestInWork> {
  const inWork = new PlacedList<RequestInWork>();
  let bytes = 0;
  // By the path as it came: to ask Fastify for the route makes an object for every request.
  const open = ['/health/live', '/health/ready', '/metrics'];
  server.addHook('onRequest', (request, reply, done) => {
    if (open.includes(request.url)) return done();
    const body = bodySize(request, limits);
    if (inWork.size >= limits.requests || bytes + body > limits.bodyBytes) return done(tooMuch());
    const entry = { request, reply, place: -1 };
    inWork.add(entry);
    bytes += body;
    // Not `onResponse`: a client may go away before its answer.
    reply.raw.once('close', () => {
      inWork.remove(entry);
      bytes -= body;
    });
    done();
  });
  // A body of unknown length counts as it comes.
  server.addHook('preParsing', (request, reply, payload, done) => {
    if (request.headers['transfer-encoding'] === undefined || isStream(request)) return done();
    let received = 0;
    let answered = false;
    reply.raw.once('close', () => {
      answered = true;
      bytes -= received;
    });
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        // What still comes after the answer is dropped, and nothing would take it off again.
        if (answered) return next();
        if (bytes + chunk.length > limits.bodyBytes) return next(tooMuch());
        received += chunk.length;
        bytes += chunk.length;
        next(null, chunk);
      },
    });
    // Fastify listens no longer once it has refused the body, and more of it may come.
    counted.on('error', () => undefined);
    payload.once('error', (error) => counted.destroy(error));
    done(null, payload.pipe(counted));
  });
  return inWork;
}

const tooMuch = () => overloaded('too many requests are in work, try again soon');

function bodySize(request: FastifyRequest, limits: HttpLimits): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const sent = Number(length) || 0;
  if (encoding === undefined && sent <= limits.oneStreamBytes) return sent;
  if (isStream(request)) return limits.oneStreamBytes;
  // Without a length it is counted as it comes, and a body beyond its route's limit is refused.
  if (encoding !== undefined) return 0;
  return Math.min(sent, request.routeOptions.bodyLimit ?? limits.oneBodyBytes);
}

/** Whether a request's body is read as a stream, never kept as a whole. */
export function isStream({ headers, routeOptions }: FastifyRequest): boolean {
  const { streamed } = routeOptions.config;
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  return streamed !== undefined && type.trim().toLowerCase() === streamed;
}

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import type { Readable } from 'node:stream';
import type { PlainAnswer, PlainRequest } from '../grpc/http1';
import { GrpcCode, GrpcError } from '../grpc/status';
import type { Security } from '../security';
import { statusOf } from '../statuses';
import { expectAny, expectNoStream, expectStreamExists } from '../storage/commit-check';
import type { EventStore } from '../storage/event-store';
import { checkedBytes, checkName } from '../streams/append';
import type { AppendLimits } from '../streams/limits';

const contentTypes = ['application/json', 'application/octet-stream'];
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const bodyMsMax = 30_000;
/** Bodies read at the same time, so that what they hold together has a limit. */
const bodiesMax = 8;
let bodies = 0;

/**
 * `POST /streams/{stream}` of the original's AtomPub: one event, its type and id in headers. The
 * data are stored as they come, also when they are no JSON. Without an id the caller is sent to an
 * address that has one, so that repeating the request is harmless.
 */
export async function postEvent(
  request: PlainRequest,
  path: string,
  limits: AppendLimits,
  { authentication, storeFor }: Security,
): Promise<PlainAnswer> {
  const target = targetOf(path);
  if (!target) return { status: 404 };
  try {
    authentication.authorise(request.headers, path);
    return await post(request, target, storeFor(request.headers), limits);
  } catch (error) {
    return refusalOf(error);
  }
}

interface Target {
  readonly stream: string;
  readonly id?: string;
}

function targetOf(path: string): Target | undefined {
  const [, stream, id] = /^\/streams\/([^/]+)(?:\/incoming\/([^/]+))?\/?$/.exec(path) ?? [];
  if (stream === undefined) return undefined;
  try {
    return { stream: decodeURIComponent(stream), id };
  } catch {
    return undefined;
  }
}

async function post(
  request: PlainRequest,
  { stream, id: idOfPath }: Target,
  store: EventStore,
  limits: AppendLimits,
): Promise<PlainAnswer> {
  const { headers } = request;
  const contentType = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (!contentTypes.includes(contentType)) return text(415, 'Unsupported Media Type');
  const type = named(headers, 'eventtype');
  if (!type) {
    return text(
      400,
      'Must include an event type with the request either in body or as ES-EventType header.',
    );
  }
  const id = idOfPath ?? named(headers, 'eventid');
  if (id === undefined) {
    const location = `${addressOf(request, stream)}/incoming/${randomUUID()}`;
    return { ...text(307, 'Forwarding to idempotent URI'), location };
  }
  if (!uuidPattern.test(id)) return text(400, 'ES-EventId header in wrong format.');
  const expected = expectedOf(named(headers, 'expectedversion'));
  if (expected === undefined) return text(400, 'ES-ExpectedVersion header in wrong format.');
  const name = Buffer.from(stream);
  checkName(name);
  const data = await bodyOf(request.body, limits.recordBytesMax);
  if (!data) return text(413, 'Request Entity Too Large');
  const event = {
    id: id.toLowerCase(),
    type: Buffer.from(type),
    contentType,
    metadata: Buffer.alloc(0),
    data,
  };
  const bytes = checkedBytes(event, limits);
  const append = { streams: [{ name, expected }], events: [{ stream: 0, event }] };
  const outcome = await store.append(append, bytes);
  if (outcome.kind === 'appended') {
    const { revision } = outcome.streams[0]!;
    return { ...text(201, ''), location: `${addressOf(request, stream)}/${revision}` };
  }
  if (outcome.decision.kind === 'deleted') return text(410, 'Stream deleted');
  return text(400, 'Wrong expected EventNumber');
}

/** The original reads its headers under its old and its new name. */
function named(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[`kurrent-${name}`] ?? headers[`es-${name}`];
  return typeof value === 'string' ? value : undefined;
}

function expectedOf(version: string | undefined): number | undefined {
  if (version === undefined) return expectAny;
  if (!/^-?\d{1,15}$/.test(version)) return undefined;
  const expected = Number(version);
  const special: readonly number[] = [expectAny, expectNoStream, expectStreamExists];
  return expected >= 0 || special.includes(expected) ? expected : undefined;
}

function addressOf({ headers, secure }: PlainRequest, stream: string): string {
  const host = headers[':authority'] ?? headers.host ?? 'localhost';
  return `${secure ? 'https' : 'http'}://${host}/streams/${encodeURIComponent(stream)}`;
}

/** The body; undefined when it is too large, comes too slowly or too many others are read. */
async function bodyOf(body: Readable, bytesMax: number): Promise<Buffer | undefined> {
  if (bodies >= bodiesMax) throw new GrpcError(GrpcCode.ResourceExhausted, 'too many requests');
  const slow = setTimeout(() => body.destroy(), bodyMsMax);
  bodies += 1;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(slow);
    bodies -= 1;
  }
}

function refusalOf(error: unknown): PlainAnswer {
  const known = error instanceof GrpcError ? error : statusOf(error);
  switch (known?.code) {
    case GrpcCode.Unauthenticated:
    case GrpcCode.PermissionDenied:
      return text(401, 'Unauthorized');
    case GrpcCode.InvalidArgument:
      return text(400, known.message);
    case GrpcCode.ResourceExhausted:
    case GrpcCode.Unavailable:
      return text(503, known.message);
    default:
      return text(500, 'Internal Server Error');
  }
}

const text = (status: number, body: string): PlainAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

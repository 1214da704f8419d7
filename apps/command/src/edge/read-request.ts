import { REFERENCE_ID } from '@daybook/kernel';
import { ProblemError } from '@daybook/platform';
import type { FastifyRequest } from 'fastify';
import { identityOf } from './digest';
import { invalidRequest, problemOfIssues } from './field-errors';
import { IDEMPOTENCY_KEY, idOfKey, PUBLIC_CALLER } from './identities';
import type { CommandContext, Input, UseCase } from './use-case';

/** The service's clock, and its setting about time: what they add to every request. */
export interface Timekeeping {
  readonly now: () => Date;
  /** How far back `effectiveAt` may lie; undefined: any time in the past. */
  readonly effectiveDaysBackMax: number | undefined;
}

export interface ReadRequest<Body> {
  readonly input: Input<Body>;
  readonly context: CommandContext;
}

const BODY_BYTES_GUESSED = 300;

/** Reads a request of a single command. Throws the `ProblemError` of all that is wrong with it. */
export function readRequest<Body extends object>(
  useCase: UseCase<Body>,
  request: FastifyRequest,
  timekeeping: Timekeeping,
): ReadRequest<Body> {
  const dryRun = readDryRun(request);
  const key = readIdempotencyKey(request);
  const id = readPathId(useCase, request);
  const sent = request.body === undefined && useCase.bodyOptional ? {} : request.body;
  if (sent === undefined) throw invalidRequest('', 'a JSON body is required');
  const body = readBody(useCase, sent);
  if (key !== undefined && namesTransaction(body)) {
    throw invalidRequest('transactionId', 'and the header Idempotency-Key cannot both be given');
  }
  const now = timekeeping.now();
  return {
    input: { id, body },
    context: {
      now: now.toISOString(),
      identity: identityOf(useCase.operation, id, body),
      keyId: key === undefined ? undefined : idOfKey(PUBLIC_CALLER, key),
      dryRun,
      correlationId: request.id,
      bytes: Number(request.headers['content-length']) || BODY_BYTES_GUESSED,
      effectiveNotBefore: notBefore(now, timekeeping.effectiveDaysBackMax),
    },
  };
}

/** Parses a command's body; throws the problem of all that is wrong with it. */
export function readBody<Body extends object>(useCase: UseCase<Body>, sent: unknown): Body {
  const parsed = useCase.body.safeParse(sent);
  if (!parsed.success) throw problemOfIssues(parsed.error.issues);
  return parsed.data;
}

/** Whether the client itself named the transaction. */
export const namesTransaction = (body: object): boolean =>
  (body as { transactionId?: string }).transactionId !== undefined;

/** The id in a command's path, or in a batch's item. */
export function readSubjectId(text: unknown, path: string): string {
  if (typeof text !== 'string') throw invalidRequest(path, 'must be a string');
  if (REFERENCE_ID.test(text)) return text;
  const message = 'must match [a-z0-9_][a-z0-9._-]{0,99}';
  throw new ProblemError('InvalidId', `${path}: ${message}`, { errors: [{ path, message }] });
}

function readPathId<Body extends object>(useCase: UseCase<Body>, request: FastifyRequest): string {
  if (useCase.subject === 'none') return '';
  return readSubjectId((request.params as { id?: string }).id, 'id');
}

function readDryRun(request: FastifyRequest): boolean {
  const query = request.query as Readonly<Record<string, unknown>>;
  let dryRun = false;
  for (const name in query) {
    const value = query[name];
    if (name !== 'dryRun') throw invalidRequest(name, 'is not supported');
    if (value !== 'true' && value !== 'false') throw invalidRequest(name, 'must be true or false');
    dryRun = value === 'true';
  }
  return dryRun;
}

/** The request's `Idempotency-Key`, if any. */
export function readIdempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  const read = readKey(key, 'Idempotency-Key');
  // Node joins repeated headers with a comma: two keys must not be taken for one.
  if (read.includes(', ') && (request.raw.headersDistinct['idempotency-key']?.length ?? 0) > 1) {
    throw invalidRequest('Idempotency-Key', 'is given more than once');
  }
  return read;
}

/** A key as the header or a batch's item gives it. */
export function readKey(text: unknown, path: string): string {
  if (typeof text === 'string' && IDEMPOTENCY_KEY.test(text)) return text;
  throw invalidRequest(path, 'must be 1 to 255 printable ASCII characters');
}

/** Refuses query parameters where a route takes none. */
export function refuseQuery({ query }: FastifyRequest): void {
  const [unknown] = Object.keys(query as object);
  if (unknown !== undefined) throw invalidRequest(unknown, 'is not supported');
}

const DAY_MS = 86_400_000;

/** The bound on the past that holds now. */
export const notBefore = (now: Date, days: number | undefined): string | undefined =>
  days === undefined ? undefined : new Date(now.getTime() - days * DAY_MS).toISOString();

import { ProblemError, readJson, refuseEncodings } from '@daybook/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PassThrough, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { invalidRequest, problemOfIssues } from '../edge/field-errors';
import { readIdempotencyKey, refuseQuery, type Timekeeping } from '../edge/read-request';
import type { BatchOrigin } from './batch-item';
import type { BatchRunner, ItemResult } from './batch-runner';
import { linesOf, type Line } from './lines';
import { COMMANDS_UNDER_WAY_MAX, orderedResults } from './ordered-results';

const BODY_BYTES_MAX = 16 * 1024 * 1024;
const COMMANDS_MAX = 10_000;
const ITEM_BYTES_GUESSED = 300;

/** Commands of a JSON batch that begin in one turn of the event loop. */
const LANES_A_TURN = 64;

export const NDJSON = 'application/x-ndjson';

/** A batch as one JSON body; its commands are read one by one, as their own routes would. */
export const batchBody = z.strictObject({
  atomic: z.boolean().optional().meta({ default: false, description: 'All or none' }),
  commands: z.array(z.unknown()).min(1).max(COMMANDS_MAX),
});

/**
 * `POST /v1/batches`, as JSON or as a stream of lines both ways. It stands beside Nest's routes as
 * it has a larger body than they, and a parser for streams that they must not have.
 */
export function addBatchRoutes(
  server: FastifyInstance,
  runner: BatchRunner,
  timekeeping: Timekeeping,
  stopping: AbortSignal,
): void {
  void server.register(async (scope) => {
    scope.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload));
    const options = { bodyLimit: BODY_BYTES_MAX, config: { streamed: NDJSON } };
    scope.post('/v1/batches', options, async (request, reply) => {
      refuseQuery(request);
      const key = readIdempotencyKey(request);
      const origin = { timekeeping, correlationId: request.id, key, order: runner.order() };
      if (request.body instanceof Readable) {
        refuseEncodings(request.headers);
        return streamResults(runner, request, reply, origin, stopping);
      }
      return answerBatch(runner, request, reply, origin);
    });
  });
}

async function answerBatch(
  runner: BatchRunner,
  request: FastifyRequest,
  reply: FastifyReply,
  origin: BatchOrigin,
) {
  if (request.body === undefined) throw invalidRequest('', 'a JSON body is required');
  const parsed = batchBody.safeParse(request.body);
  if (!parsed.success) throw problemOfIssues(parsed.error.issues);
  const { atomic = false, commands } = parsed.data;
  const bytes = Number(request.headers['content-length']) || commands.length * ITEM_BYTES_GUESSED;
  const results = atomic
    ? await runner.runAtomic(commands, bytes, origin)
    : await runEach(runner, commands, Math.ceil(bytes / commands.length), origin);
  const position = highest(results);
  if (position !== undefined) reply.header('daybook-position', position);
  if (results.every(({ replayed }) => replayed)) reply.header('idempotent-replayed', 'true');
  const shown = results.map(({ status, body }) => ({ status, body }));
  return reply.type('application/json').send(JSON.stringify({ results: shown }));
}

async function runEach(
  runner: BatchRunner,
  commands: readonly unknown[],
  bytes: number,
  origin: BatchOrigin,
): Promise<readonly ItemResult[]> {
  const results = new Array<ItemResult>(commands.length);
  let next = 0;
  /** Takes the next command when its last one is answered: they begin in the batch's order. */
  const lane = async (): Promise<void> => {
    while (next < commands.length) {
      const index = next++;
      results[index] = await runner.runItem(commands[index], index, bytes, origin);
    }
  };
  const lanes: Promise<void>[] = [];
  while (lanes.length < COMMANDS_UNDER_WAY_MAX && next < commands.length) {
    // The store can have the first while the rest is decided, and others get their turn.
    if (lanes.length > 0 && lanes.length % LANES_A_TURN === 0) await setImmediate();
    lanes.push(lane());
  }
  await Promise.all(lanes);
  return results;
}

function highest(results: readonly ItemResult[]): string | undefined {
  let most: bigint | undefined;
  for (const { position } of results) {
    if (position !== undefined && (most === undefined || BigInt(position) > most)) {
      most = BigInt(position);
    }
  }
  return most === undefined ? undefined : String(most);
}

/** A line in, a line out, in order; a line that cannot be read is answered and the rest goes on. */
function streamResults(
  runner: BatchRunner,
  request: FastifyRequest,
  reply: FastifyReply,
  origin: BatchOrigin,
  stopping: AbortSignal,
) {
  const answer = async (line: Line, index: number) => {
    const { status, body } = await answerLine(runner, line, index, origin);
    return `${JSON.stringify({ status, body })}\n`;
  };
  const body = untilStopped(request.body as Readable, stopping);
  const lines = linesOf(body, () => stopping.aborted);
  // The sender may have more to say when the service stops: nothing can follow on this connection.
  void reply.header('connection', 'close').type(NDJSON);
  const results = orderedResults(lines, answer, runner.linesUnderWay);
  return reply.send(Readable.from(results));
}

/** The body as far as it has come when the service stops. */
function untilStopped(body: Readable, stopping: AbortSignal): Readable {
  const taken = new PassThrough();
  const cut = () => {
    body.unpipe(taken);
    taken.end();
  };
  stopping.addEventListener('abort', cut);
  taken.once('close', () => stopping.removeEventListener('abort', cut));
  body.once('error', (error) => taken.destroy(error));
  return body.pipe(taken);
}

async function answerLine(runner: BatchRunner, line: Line, index: number, origin: BatchOrigin) {
  if (line instanceof ProblemError) return runner.failed(line, origin);
  let sent: unknown;
  try {
    sent = readJson(line, 'line');
  } catch (error) {
    return runner.failed(error, origin);
  }
  return runner.runItem(sent, index, line.length, origin);
}

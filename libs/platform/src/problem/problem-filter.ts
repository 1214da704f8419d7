import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from '../logging/logger';
import { PROBLEM_MEDIA_TYPE } from './problem';
import { problemFromError } from './problem-from-error';

/** Answers an error as a problem; what is the service's own trouble (500) is logged with its stack. */
export function sendProblem(reply: FastifyReply, error: unknown, logger: Logger): void {
  const answer = problemFromError(error);
  if (answer.body.status === 500) {
    logger.error({ err: error, correlationId: reply.request.id }, 'unexpected error');
  }
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  const { body } = answer;
  for (const [name, value] of Object.entries(answer.extras.headers ?? {}))
    reply.header(name, value);
  void reply
    .status(body.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(body));
}

/** Everything that a Nest controller throws becomes a problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // GraphQL resolvers have no HTTP reply of their own: their driver shapes the error.
    if (host.getType<string>() !== 'http') throw error;
    sendProblem(host.switchToHttp().getResponse<FastifyReply>(), error, this.logger);
  }
}

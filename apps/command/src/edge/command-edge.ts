import type { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOfFailure } from './failures';
import { readRequest, type Ground } from './read-request';
import { sendAnswer } from './send-answer';
import type { UseCase } from './use-case';

/** The way of every single command: read, dispatch, answer. */
export class CommandEdge {
  constructor(
    private readonly bus: CommandBus,
    private readonly ground: Ground,
  ) {}

  /** Answers a request of a use case. Throws `ProblemError` for all that is no success. */
  async answer<Body extends object>(
    useCase: UseCase<Body>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { input, context } = readRequest(useCase, request, this.ground);
    try {
      sendAnswer(reply, await this.bus.execute(new useCase.message(input, context)));
    } catch (error) {
      throw problemOfFailure(error);
    }
  }
}

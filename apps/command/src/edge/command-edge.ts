import type { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOfFailure } from './failures';
import { readRequest, type Timekeeping } from './read-request';
import type { ReceiptDesk } from '../receipts/receipt-desk';
import { prefersAsync, sendReceipt } from '../receipts/send-receipt';
import { sendAnswer } from './send-answer';
import type { UseCase } from './use-case';

/** The way of every single command: read, dispatch, answer. */
export class CommandEdge {
  constructor(
    private readonly bus: CommandBus,
    private readonly timekeeping: Timekeeping,
    private readonly desk: ReceiptDesk,
  ) {}

  /** Answers a request of a use case. Throws `ProblemError` for all that is no success. */
  async answer<Body extends object>(
    useCase: UseCase<Body>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { input, context } = readRequest(useCase, request, this.timekeeping);
    try {
      if (prefersAsync(request) && !context.dryRun) {
        const sent = (request.body ?? {}) as Readonly<Record<string, unknown>>;
        sendReceipt(reply, await this.desk.accept(useCase as never, input, sent, context));
        return;
      }
      sendAnswer(reply, await this.bus.execute(new useCase.message(input, context)));
    } catch (error) {
      throw problemOfFailure(error);
    }
  }
}

import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { postTransaction } from './post-transaction.use-case';

@Controller()
export class PostTransactionController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/transactions')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(postTransaction, request, reply);
  }
}

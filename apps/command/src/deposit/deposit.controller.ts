import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { deposit } from './deposit.use-case';

@Controller()
export class DepositController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/accounts/:id/deposits')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(deposit, request, reply);
  }
}

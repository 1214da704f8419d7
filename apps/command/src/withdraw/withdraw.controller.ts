import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { withdraw } from './withdraw.use-case';

@Controller()
export class WithdrawController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/accounts/:id/withdrawals')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(withdraw, request, reply);
  }
}

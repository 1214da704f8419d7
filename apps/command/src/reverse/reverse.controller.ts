import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { reverse } from './reverse.use-case';

@Controller()
export class ReverseController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/transactions/:id/reversal')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(reverse, request, reply);
  }
}

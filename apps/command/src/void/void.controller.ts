import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { voidHold } from './void.use-case';

@Controller()
export class VoidHoldController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/transactions/:id/void')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(voidHold, request, reply);
  }
}

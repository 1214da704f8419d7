import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { unfreeze } from './unfreeze.use-case';

@Controller()
export class UnfreezeController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/accounts/:id/unfreeze')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(unfreeze, request, reply);
  }
}

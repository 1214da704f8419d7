import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { freeze } from './freeze.use-case';

@Controller()
export class FreezeController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/accounts/:id/freeze')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(freeze, request, reply);
  }
}

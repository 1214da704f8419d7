import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { close } from './close.use-case';

@Controller()
export class CloseController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/accounts/:id/close')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(close, request, reply);
  }
}

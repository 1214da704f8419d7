import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { capture } from './capture.use-case';

@Controller()
export class CaptureController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/transactions/:id/capture')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(capture, request, reply);
  }
}

import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { transfer } from './transfer.use-case';

@Controller()
export class TransferController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/transfers')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(transfer, request, reply);
  }
}

import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { openAccount } from './open-account.use-case';

@Controller()
export class OpenAccountController {
  constructor(private readonly edge: CommandEdge) {}

  @Post('v1/accounts')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(openAccount, request, reply);
  }
}

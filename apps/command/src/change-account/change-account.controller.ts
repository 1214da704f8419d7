import { Controller, Patch, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommandEdge } from '../edge/command-edge';
import { changeAccount } from './change-account.use-case';

@Controller()
export class ChangeAccountController {
  constructor(private readonly edge: CommandEdge) {}

  @Patch('v1/accounts/:id')
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.edge.answer(changeAccount, request, reply);
  }
}

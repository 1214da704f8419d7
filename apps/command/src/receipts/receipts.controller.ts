import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { problemOfFailure } from '../edge/failures';
import { readSubjectId, refuseQuery } from '../edge/read-request';
import { prefersEvents } from './prefers-events';
import { Receipts } from './receipts';

@Controller()
export class ReceiptsController {
  constructor(private readonly receipts: Receipts) {}

  @Get('v1/commands/:id')
  async answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    refuseQuery(request);
    const id = readSubjectId((request.params as { id?: string }).id, 'id');
    try {
      const status = await this.receipts.status(id);
      reply.header('daybook-position', status.position).header('cache-control', 'no-store');
      if (prefersEvents(request.headers.accept)) {
        const events = Readable.from(this.receipts.events(status));
        void reply.type('text/event-stream; charset=utf-8').send(events);
      } else {
        void reply.type('application/json; charset=utf-8').send(JSON.stringify(status));
      }
    } catch (error) {
      throw problemOfFailure(error);
    }
  }
}

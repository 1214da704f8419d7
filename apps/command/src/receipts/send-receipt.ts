import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReceiptAnswer } from './receipt-status';

/** Whether a request need not be decided before it is answered (RFC 7240). */
export function prefersAsync(request: FastifyRequest): boolean {
  const { prefer } = request.headers;
  if (prefer === undefined) return false;
  const text = Array.isArray(prefer) ? prefer.join(',') : prefer;
  return text.split(',').some((each) => /^\s*respond-async\s*(;|$)/i.test(each));
}

/** 202: the command is durable, and its status is at `Location`. */
export function sendReceipt(reply: FastifyReply, receipt: ReceiptAnswer): void {
  void reply
    .status(202)
    .header('content-type', 'application/json; charset=utf-8')
    .header('location', `/v1/commands/${receipt.commandId}`)
    .header('daybook-position', receipt.position)
    .header('preference-applied', 'respond-async')
    .send(JSON.stringify(receipt));
}

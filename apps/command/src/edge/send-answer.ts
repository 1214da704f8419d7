import type { FastifyReply } from 'fastify';
import type { CommandResult } from '../ledger/command-result';
import { problemOfRejection } from './refusals';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The status of an accepted command: 201 the first time, 200 for whatever was so before. */
export const statusOf = (result: CommandResult & { accepted: true }): number =>
  result.outcome === 'first' ? 201 : 200;

/** The body of an accepted command's answer. */
export function bodyOf({ body, position }: CommandResult & { accepted: true }): object {
  const { transactionId, refersTo, status, balances } = body;
  if (balances !== undefined) return { transactionId, refersTo, status, position, balances };
  const { accountId, ...rest } = body;
  return { accountId, status, position, ...rest };
}

/** Sends a command's firm answer; throws the problem of a refusal. */
export function sendAnswer(reply: FastifyReply, result: CommandResult): void {
  if (!result.accepted) throw problemOfRejection(result.rejection);
  if (result.outcome === 'replayed') reply.header('idempotent-replayed', 'true');
  void reply
    .status(statusOf(result))
    .header('content-type', JSON_TYPE)
    .header('daybook-position', result.position)
    .send(JSON.stringify(bodyOf(result)));
}

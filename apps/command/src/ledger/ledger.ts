import type { CommandRunner } from '@daybook/event-store';
import type { LedgerEvent } from '@daybook/ledger-contracts';
import {
  atomicBatch,
  operationOf,
  runnable,
  type LedgerAnswer,
  type LedgerCommand,
  type LedgerReply,
  type LedgerState,
} from '@daybook/ledger-domain';
import type { CommandContext } from '../edge/use-case';
import { answerBody } from './answer-body';
import type { BatchResult, CommandResult } from './command-result';
import { CommandFailure } from './command-failure';

export type LedgerRunner = CommandRunner<LedgerState, LedgerEvent>;

/** Decides commands and makes them durable; the only writer of money events. */
export class Ledger {
  constructor(private readonly runner: LedgerRunner) {}

  /** A command's firm answer. Throws `CommandFailure` when there is none. */
  async run(command: LedgerCommand, context: CommandContext): Promise<CommandResult> {
    const operation = runnable(operationOf(command), context.dryRun);
    try {
      const { answer, position } = await this.runner.run({ ...operation, ...tasked(context) });
      return resultOf(answer, context.dryRun, positionText(position));
    } catch (error) {
      throw CommandFailure.of(error, command);
    }
  }

  /** All of the commands or none, as one group with one recorded time. */
  async runAtomic(
    commands: readonly LedgerCommand[],
    context: CommandContext,
  ): Promise<BatchResult> {
    const operation = runnable(atomicBatch(commands.map(operationOf)));
    try {
      const { answer, position } = await this.runner.run({ ...operation, ...tasked(context) });
      if (answer.outcome === 'refused') {
        return { accepted: false, index: answer.index ?? 0, rejection: answer.rejection };
      }
      const at = positionText(position);
      const results = answer.answer.items.map((item) => resultOf(item, false, at));
      return { accepted: true, results, position: at };
    } catch (error) {
      throw CommandFailure.of(error, undefined);
    }
  }
}

const tasked = ({ bytes, correlationId, identity }: CommandContext) => ({
  bytes,
  metadata: { $correlationId: correlationId, actor: identity.caller },
});

/** An opaque text for clients. A report on streams that do not exist stands before everything. */
const positionText = (position: bigint | undefined): string => String(position ?? 0n);

function resultOf(
  reply: LedgerReply<LedgerAnswer>,
  dryRun: boolean,
  position: string,
): CommandResult {
  if (reply.outcome === 'refused') return { accepted: false, rejection: reply.rejection };
  const body = answerBody(reply.answer);
  const outcome = outcomeOf(reply, dryRun);
  return { accepted: true, outcome, body, position };
}

function outcomeOf(reply: Exclude<LedgerReply, { outcome: 'refused' }>, dryRun: boolean) {
  if (reply.outcome !== 'accepted') return reply.outcome;
  if (dryRun) return 'dry-run';
  return reply.changed ? 'first' : 'unchanged';
}

import type { CommandRunner, StateView } from '@daybook/event-store';
import { transactionStream } from '@daybook/ledger-contracts';
import {
  atomicBatch,
  operationOf,
  runnable,
  type LedgerAnswer,
  type LedgerCommand,
  type LoadedStates,
} from '@daybook/ledger-domain';
import type { ServiceEvent, ServiceState } from '../receipts/receipt-model';
import type { CommandContext } from '../edge/use-case';
import { answerBody } from './answer-body';
import type { BatchResult, CommandResult } from './command-result';
import { CommandFailure } from './command-failure';

export type LedgerRunner = CommandRunner<ServiceState, ServiceEvent>;

/** A transaction that is in memory after its arrival; undefined: it was there. */
export interface BroughtTransaction {
  readonly arrival: Promise<void> | undefined;
  /** To be called once. */
  letGo(): void;
}

/** Decides commands and makes them durable; the only writer of money events. */
export class Ledger {
  constructor(private readonly runner: LedgerRunner) {}

  /** A command's firm answer. Throws `CommandFailure` when there is none. */
  async run(command: LedgerCommand, context: CommandContext): Promise<CommandResult> {
    const operation = runnable(operationOf(command), context.dryRun);
    try {
      const { answer, position } = await this.runner.run(tasked(operation, context));
      if (answer.outcome === 'refused') return { accepted: false, rejection: answer.rejection };
      return resultOf(answer, context.dryRun, positionText(position));
    } catch (error) {
      throw CommandFailure.of(error, command);
    }
  }

  /**
   * Brings a transaction into memory and keeps it there until it is let go of. Never rejects: a
   * command that needs it finds out for itself.
   */
  bring(transactionId: string): BroughtTransaction {
    const stream = transactionStream(transactionId);
    const { known, letGo } = this.runner.hold(stream);
    if (known) return { arrival: undefined, letGo };
    const decide = () => ({ kind: 'recall', answer: undefined }) as const;
    const command = { reads: [stream], absent: [], bytes: 0, metadata: {}, decide };
    const brought = () => undefined;
    return { arrival: this.runner.run(command).then(brought, brought), letGo };
  }

  /** All of the commands or none, as one group with one recorded time. */
  async runAtomic(
    commands: readonly LedgerCommand[],
    context: CommandContext,
  ): Promise<BatchResult> {
    const operation = runnable(atomicBatch(commands.map(operationOf)));
    try {
      const { answer, position } = await this.runner.run(tasked(operation, context));
      if (answer.outcome === 'refused') {
        return { accepted: false, index: answer.index ?? 0, rejection: answer.rejection };
      }
      const at = positionText(position);
      const results = answer.answer.items.map((item) => resultOf(item, false, at));
      return { accepted: true, results };
    } catch (error) {
      throw CommandFailure.of(error, ...commands);
    }
  }
}

function tasked<Answer>(
  { reads, absent, decide }: ReturnType<typeof runnable<Answer>>,
  { bytes, correlationId, identity }: CommandContext,
) {
  return {
    reads,
    absent,
    bytes,
    metadata: { $correlationId: correlationId, actor: identity.caller },
    decide: (view: StateView<ServiceState>) => decide(view as LoadedStates),
  };
}

/** An opaque text for clients. A report on streams that do not exist stands before everything. */
export const positionText = (position: bigint | undefined): string => String(position ?? 0n);

interface Outcome {
  readonly outcome: 'accepted' | 'unchanged' | 'replayed';
  readonly answer: LedgerAnswer;
  readonly changed?: boolean;
}

function resultOf(reply: Outcome, dryRun: boolean, position: string): CommandResult {
  return {
    accepted: true,
    outcome: outcomeOf(reply, dryRun),
    body: answerBody(reply.answer),
    position,
  };
}

function outcomeOf({ outcome, changed }: Outcome, dryRun: boolean) {
  if (outcome !== 'accepted') return outcome;
  if (dryRun) return 'dry-run';
  return changed ? 'first' : 'unchanged';
}

import { Gate } from '@daybook/event-store';
import type { CommandBus } from '@nestjs/cqrs';
import { problemFromError, ProblemError, type Logger } from '@daybook/platform';
import type { LedgerCommand, LedgerRejection } from '@daybook/ledger-domain';
import { invalidRequest } from '../edge/field-errors';
import { problemOfFailure } from '../edge/failures';
import { problemOfRejection } from '../edge/refusals';
import { bodyOf, statusOf } from '../edge/send-answer';
import type { CommandResult } from '../ledger/command-result';
import type { Ledger } from '../ledger/ledger';
import { BatchOrder, type Turn } from './batch-order';
import { PLACES_MAX, placesOf } from './batch-places';
import { problemAt, readItem, type BatchItem, type BatchOrigin } from './batch-item';
import type { LinesUnderWay } from './ordered-results';

/** What its own route would have answered to one command of a batch. */
export interface ItemResult {
  readonly status: number;
  readonly body: object;
  /** Undefined: it was no success. */
  readonly position: string | undefined;
  readonly replayed: boolean;
}

/** Postings of one atomic batch: all go into one append. */
const ATOMIC_POSTINGS_MAX = 10_000;

/** Runs the commands of batches: each on its own, or all or none. */
export class BatchRunner {
  /**
   * A batch waits where single requests are refused, and leaves them room. Bounds what batches
   * hold in memory, whatever their commands are.
   */
  private readonly gate = new Gate(PLACES_MAX);
  /** Of all streams together. */
  readonly linesUnderWay: LinesUnderWay = { bytes: 0 };

  constructor(
    private readonly bus: CommandBus,
    private readonly ledger: Ledger,
    private readonly logger: Logger,
  ) {}

  /** The order of a batch whose commands run each on their own. */
  order(): BatchOrder {
    return new BatchOrder(this.ledger);
  }

  /** One command on its own; begun in the batch's order. Never throws. */
  async runItem(sent: unknown, index: number, bytes: number, origin: BatchOrigin) {
    let turn: Turn | undefined;
    try {
      const { useCase, input, context } = readItem(sent, index, bytes, origin);
      turn = origin.order.next(useCase.subject === 'transaction' ? input.id : undefined);
      if (turn.before) await turn.before;
      const run = () => this.bus.execute(new useCase.message(input, context));
      return itemResult(await this.gate.pass(placesOf(input.body, bytes), run));
    } catch (error) {
      return this.failed(problemOfFailure(error), origin);
    } finally {
      turn?.leave();
    }
  }

  /** What a command was answered with that could not be read, or ended in an error. */
  failed(error: unknown, { correlationId }: BatchOrigin): ItemResult {
    const { body } = problemFromError(error);
    if (body.status === 500) this.logger.error({ err: error, correlationId }, 'batch item');
    return { status: body.status, body, position: undefined, replayed: false };
  }

  /**
   * All commands or none: a refusal of one is every command's answer, with its index. Throws the
   * problem of a command that cannot be read.
   */
  async runAtomic(
    sent: readonly unknown[],
    bytes: number,
    origin: BatchOrigin,
  ): Promise<readonly ItemResult[]> {
    const items = sent.map((each, index) => readAt(each, index, bytes, origin));
    const commands = items.map(({ useCase, input, context }) => useCase.command(input, context));
    refuseRepeats(commands);
    refuseTooMuch(commands);
    const [first] = items;
    if (!first) return [];
    try {
      const answer = await this.ledger.runAtomic(commands, { ...first.context, bytes });
      if (answer.accepted) return answer.results.map(itemResult);
      return refusedTogether(items.length, answer.rejection, answer.index);
    } catch (error) {
      throw problemOfFailure(error);
    }
  }
}

function readAt(sent: unknown, index: number, bytes: number, origin: BatchOrigin): BatchItem {
  try {
    return readItem(sent, index, bytes, origin);
  } catch (error) {
    throw problemAt(error, index);
  }
}

function itemResult(result: CommandResult): ItemResult {
  if (result.accepted) {
    const { position, outcome } = result;
    const replayed = outcome === 'replayed';
    return { status: statusOf(result), body: bodyOf(result), position, replayed };
  }
  const { body } = problemOfRejection(result.rejection);
  return { status: body.status, body, position: undefined, replayed: false };
}

/** The refused command's own problem, and for each other one why it was not applied. */
function refusedTogether(
  count: number,
  rejection: LedgerRejection,
  refused: number,
): readonly ItemResult[] {
  const { body } = problemFromError(problemOfRejection(rejection, refused));
  const detail = `not applied: command ${refused} of the atomic batch was refused: ${body.detail}`;
  const answer = { status: body.status, position: undefined, replayed: false };
  return Array.from({ length: count }, (_, index) => ({
    ...answer,
    body: index === refused ? body : { ...body, detail },
  }));
}

/** One group cannot hold the same identity twice: a key names one command, whatever its kind. */
function refuseRepeats(commands: readonly LedgerCommand[]): void {
  const seen = new Set<string>();
  for (const [index, command] of commands.entries()) {
    for (const identity of identitiesOf(command)) {
      if (seen.has(identity)) throw invalidRequest(`commands.${index}`, 'repeats an id of another');
      seen.add(identity);
    }
  }
}

function identitiesOf(command: LedgerCommand): readonly string[] {
  if ('transactionId' in command) return [`identity ${command.transactionId}`];
  const opened = command.type === 'openAccount' ? [`account ${command.accountId}`] : [];
  return command.requestId === undefined ? opened : [...opened, `identity ${command.requestId}`];
}

function refuseTooMuch(commands: readonly LedgerCommand[]): void {
  const postings = commands.reduce(
    (sum, command) => sum + (command.type === 'transact' ? command.postings.length : 1),
    0,
  );
  if (postings <= ATOMIC_POSTINGS_MAX) return;
  throw new ProblemError(
    'RequestTooLarge',
    `an atomic batch may have ${ATOMIC_POSTINGS_MAX} postings in all`,
  );
}

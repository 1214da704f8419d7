import type { CommandDecision, RunnableCommand, StateView } from '@daybook/event-store';
import { commandStream } from '@daybook/ledger-contracts';
import { operationOf, runnable, type LoadedStates } from '@daybook/ledger-domain';
import type { CommandContext } from '../edge/use-case';
import { problemOfRejection } from '../edge/refusals';
import { commandOf } from './received-command';
import type { CommandReceived } from './receipt-events';
import type { ReceiptState, ServiceEvent, ServiceState } from './receipt-model';
import type { ReceiptStanding } from './receipt-status';

type Command<Answer> = RunnableCommand<ServiceState, ServiceEvent, Answer>;
type Decision = CommandDecision<ServiceState, ServiceEvent, ReceiptStanding>;

const RECEIPT_BYTES = 1_000;

/** Writes a receipt: from here on the command will be decided once, whatever happens. */
export function receive(received: CommandReceived, context: CommandContext): Command<true> {
  const stream = commandStream(received.commandId);
  const event = { type: 'CommandReceived', data: received } as const;
  return {
    reads: [],
    absent: [stream],
    bytes: context.bytes,
    metadata: { $correlationId: context.correlationId, actor: context.identity.caller },
    decide: () => ({ kind: 'append', events: [{ stream, event }], answer: true }),
  };
}

/**
 * Decides a receipt's command, together with the receipt: acceptance checks that it was not
 * rejected, rejection that it was not accepted, each in its own append. So whoever decides it,
 * however often, it ends in one of the two.
 */
export function decideReceipt(
  commandId: string,
  now: () => string,
  notBefore: () => string | undefined,
): Command<ReceiptStanding> {
  const stream = commandStream(commandId);
  return {
    reads: [stream],
    absent: [],
    bytes: RECEIPT_BYTES,
    metadata: { $correlationId: commandId, $causationId: commandId },
    decide(view) {
      const receipt = view.get(stream) as ReceiptState | undefined;
      const settled = standingOf(receipt);
      if (!receipt || settled) return { kind: 'report', answer: settled ?? { status: 'unknown' } };
      const at = now();
      const decision = decisionOf(receipt, at, notBefore(), view);
      if (decision.kind !== 'report' || decision.answer.status !== 'rejected') return decision;
      const { problem } = decision.answer;
      const data = { commandId, problem, at };
      const event = { type: 'CommandRejected', data } as const;
      return { kind: 'append', events: [{ stream, event }], answer: decision.answer };
    },
  };
}

/** Where a receipt stands, without deciding it. */
export function lookAtReceipt(commandId: string, now: () => string): Command<ReceiptStanding> {
  const stream = commandStream(commandId);
  return {
    reads: [stream],
    absent: [],
    bytes: RECEIPT_BYTES,
    metadata: {},
    decide(view) {
      const receipt = view.get(stream) as ReceiptState | undefined;
      const settled = standingOf(receipt);
      if (!receipt || settled) return { kind: 'report', answer: settled ?? { status: 'unknown' } };
      const decision = decisionOf(receipt, now(), undefined, view);
      if (decision.kind === 'needs') return decision;
      if (decision.kind !== 'append' && decision.answer.status === 'committed') return decision;
      const { operation } = receipt.received;
      return { kind: 'report', answer: { status: 'accepted', operation } };
    },
  };
}

function standingOf(receipt: ReceiptState | undefined): ReceiptStanding | undefined {
  if (!receipt?.rejected) return undefined;
  const { operation } = receipt.received;
  return { status: 'rejected', operation, problem: receipt.rejected.problem };
}

function decisionOf(
  { received }: ReceiptState,
  now: string,
  notBefore: string | undefined,
  view: StateView<ServiceState>,
): Decision {
  const { operation } = received;
  const ledgerOperation = operationOf(commandOf(received, now, notBefore));
  const inner = runnable(ledgerOperation);
  // What it claims is read too: only so is a success of another instance seen.
  const missing = [...inner.reads, ...inner.absent].filter((stream) => !view.has(stream));
  if (missing.length > 0) return { kind: 'needs', streams: missing };
  const decision = inner.decide(view as LoadedStates);
  if (decision.kind === 'needs') return decision;
  const { answer: reply } = decision;
  if (reply.outcome === 'refused') {
    const problem = { ...problemOfRejection(reply.rejection).body };
    return { kind: 'report', answer: { status: 'rejected', operation, problem } };
  }
  const answer: ReceiptStanding = {
    status: 'committed',
    operation,
    answer: reply.answer,
    toldBy: ledgerOperation.claims.find((stream) => view.get(stream) !== undefined),
  };
  return decision.kind === 'append'
    ? { kind: 'append', events: decision.events, answer }
    : { kind: decision.kind, answer };
}

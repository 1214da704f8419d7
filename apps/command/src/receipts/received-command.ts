import type { LedgerCommand } from '@daybook/ledger-domain';
import type { CommandReceived } from './receipt-events';
import type { CommandContext, Input, UseCase } from '../edge/use-case';
import { readBody } from '../edge/read-request';
import { useCaseOf } from '../use-cases';

/** Fields of a body that are free text or personal: kept apart, so that they can be erased. */
const personalFields = ['name', 'reference', 'metadata', 'reason'] as const;

const BODY_BYTES = 1_000;

/** A request as its receipt keeps it. */
export function receivedOf(
  commandId: string,
  useCase: UseCase,
  input: Input<object>,
  sent: Readonly<Record<string, unknown>>,
  context: CommandContext,
): CommandReceived {
  const body = { ...sent };
  const data: Record<string, unknown> = {};
  for (const field of personalFields) {
    if (!Object.hasOwn(body, field)) continue;
    data[field] = body[field];
    delete body[field];
  }
  return {
    commandId,
    operation: useCase.operation,
    id: input.id,
    body,
    ...(Object.keys(data).length > 0 && {
      personal: { subject: `command-${commandId}`, enc: 'none', data },
    }),
    ...(context.keyId !== undefined && { keyId: context.keyId }),
    identity: context.identity,
    at: context.now,
  };
}

/** The domain command of a receipt, the same whenever and wherever it is decided. */
export function commandOf(
  received: CommandReceived,
  now: string,
  notBefore: string | undefined,
): LedgerCommand {
  const useCase = useCaseOf(received.operation);
  if (!useCase) throw new Error(`a receipt of an unknown operation: ${received.operation}`);
  const free = received.personal?.data;
  const sent = { ...received.body, ...(typeof free === 'object' && free) };
  const context: CommandContext = {
    now,
    identity: received.identity,
    keyId: received.keyId,
    // What no client named is named by the receipt: so it can happen once.
    receiptId: received.commandId,
    dryRun: false,
    correlationId: received.commandId,
    bytes: BODY_BYTES,
    effectiveNotBefore: notBefore,
  };
  return useCase.command({ id: received.id, body: readBody(useCase, sent) }, context);
}

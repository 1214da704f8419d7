import { ProblemError } from '@daybook/platform';
import { identityOf } from '../edge/digest';
import { invalidRequest } from '../edge/field-errors';
import { idOfKey, PUBLIC_CALLER } from '../edge/identities';
import {
  namesTransaction,
  notBefore,
  readBody,
  readKey,
  readSubjectId,
  type Timekeeping,
} from '../edge/read-request';
import type { CommandContext, Input, UseCase } from '../edge/use-case';
import { useCaseOf } from '../use-cases';
import type { BatchOrder } from './batch-order';

/** Where a batch's commands come from: what they share. */
export interface BatchOrigin {
  readonly timekeeping: Timekeeping;
  readonly correlationId: string;
  /** The batch's own `Idempotency-Key`: each command's is derived from it and its place. */
  readonly key: string | undefined;
  readonly order: BatchOrder;
}

/** A command of a batch, parsed as its own route would have. */
export interface BatchItem {
  readonly useCase: UseCase;
  readonly input: Input<object>;
  readonly context: CommandContext;
}

/** Reads one command of a batch. Throws the `ProblemError` that its own route would answer with. */
export function readItem(
  sent: unknown,
  index: number,
  bytes: number,
  origin: BatchOrigin,
): BatchItem {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    throw invalidRequest('', 'must be an object');
  }
  const { type, idempotencyKey, ...rest } = sent as Record<string, unknown>;
  const useCase = typeof type === 'string' ? useCaseOf(type) : undefined;
  if (!useCase) throw invalidRequest('type', 'is no command of this ledger');
  const { id, fields } = takeSubject(useCase, rest);
  const body = readBody(useCase, fields);
  const now = origin.timekeeping.now();
  return {
    useCase,
    input: { id, body },
    context: {
      now: now.toISOString(),
      identity: identityOf(useCase.operation, id, body),
      keyId: keyIdOf(idempotencyKey, body, index, origin),
      dryRun: false,
      correlationId: origin.correlationId,
      bytes,
      effectiveNotBefore: notBefore(now, origin.timekeeping.effectiveDaysBackMax),
    },
  };
}

/** The id that the single route has in its path: `id`, or `accountId` where it is an account. */
function takeSubject(useCase: UseCase, sent: Record<string, unknown>) {
  if (useCase.subject === 'none') return { id: '', fields: sent };
  const { id, ...fields } = sent;
  if (useCase.subject === 'transaction') return { id: readSubjectId(id, 'id'), fields };
  const { accountId, ...others } = fields;
  if (id !== undefined && accountId !== undefined) {
    throw invalidRequest('id', 'and accountId are the same: give one');
  }
  return id === undefined
    ? { id: readSubjectId(accountId, 'accountId'), fields: others }
    : { id: readSubjectId(id, 'id'), fields: others };
}

function keyIdOf(own: unknown, body: object, index: number, origin: BatchOrigin) {
  const named = namesTransaction(body);
  if (own === undefined) {
    if (origin.key === undefined || named) return undefined;
    return idOfKey(PUBLIC_CALLER, origin.key, index);
  }
  const key = readKey(own, 'idempotencyKey');
  if (named) throw invalidRequest('transactionId', 'and idempotencyKey cannot both be given');
  return idOfKey(PUBLIC_CALLER, key);
}

/** A problem of one command, as a problem of the batch that it stands in. */
export function problemAt(error: unknown, index: number): unknown {
  if (!(error instanceof ProblemError)) return error;
  const { errors, ...extras } = error.extras;
  const prefix = `commands.${index}`;
  return new ProblemError(error.code, `${prefix}: ${error.message}`, {
    ...extras,
    data: { ...extras.data, index },
    errors: (errors ?? []).map(({ path, message }) => ({
      path: path === '' ? prefix : `${prefix}.${path}`,
      message,
    })),
  });
}

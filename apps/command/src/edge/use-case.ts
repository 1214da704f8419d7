import type { ProblemCode } from '@daybook/platform';
import type { Identity } from '@daybook/ledger-contracts';
import type { LedgerCommand } from '@daybook/ledger-domain';
import type { z } from 'zod';
import type { LedgerMessage } from './ledger-message';

/** A parsed request: `id` is that of the path, `body` what the client sent, amounts read. */
export interface Input<Body> {
  readonly id: string;
  readonly body: Body;
}

/** What a command stands on besides its content. */
export interface CommandContext {
  readonly now: string;
  readonly identity: Identity;
  /** The id derived from the client's `Idempotency-Key`. */
  readonly keyId: string | undefined;
  /** The receipt of an asynchronous command: names what no client named. */
  readonly receiptId?: string;
  readonly dryRun: boolean;
  readonly correlationId: string;
  /** About how large the request was. */
  readonly bytes: number;
  /** Nothing may count from before this instant: a setting, off by default. */
  readonly effectiveNotBefore: string | undefined;
}

/** Everything about one command: its route, its shape, its answers and its domain command. */
export interface UseCase<Body extends object = object> {
  /** Names the operation in batches, in digests (so never rename one) and in OpenAPI. */
  readonly operation: string;
  readonly method: 'POST' | 'PATCH';
  /** The route as in OpenAPI; `{id}` is the only parameter. */
  readonly path: string;
  /** What `{id}` names. */
  readonly subject: 'account' | 'transaction' | 'none';
  readonly summary: string;
  readonly body: z.ZodType<Body>;
  /** Whether a request without a body is one with an empty body. */
  readonly bodyOptional: boolean;
  readonly answers: 'account' | 'transaction';
  /** The refusals it can end in, besides those that all commands share. */
  readonly refusals: readonly ProblemCode[];
  command(input: Input<Body>, context: CommandContext): LedgerCommand;
  /** How it goes to its handler. */
  readonly message: new (input: Input<Body>, context: CommandContext) => LedgerMessage<Body>;
}

/** Defines a use case; only gives its types. */
export const defineUseCase = <Body extends object>(useCase: UseCase<Body>): UseCase<Body> =>
  useCase;

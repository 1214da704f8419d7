import { isExternal } from '@daybook/kernel';
import type {
  AccountDetails,
  DerivedKind,
  Posting,
  Transact,
  TransactionDetails,
} from '@daybook/ledger-domain';
import type { z } from 'zod';
import { freshId, idOfSettlement } from './identities';
import type { CommandContext } from './use-case';

/** The part of a body that all transactions have. */
interface TransactionBody {
  readonly transactionId?: string | undefined;
  readonly effectiveAt?: string | undefined;
  readonly reference?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** The clock and the caller of a domain command. */
export const stampOf = ({ now, identity }: CommandContext) => ({ now, identity });

/** The request's own identity, for a keyed command that is no transaction. */
export const requestOf = ({ keyId, receiptId }: CommandContext) => {
  const requestId = keyId ?? receiptId;
  return requestId === undefined ? {} : { requestId };
};

/** The identity of a transaction: named by its client, derived from its key, or made here. */
export const transactionIdentity = (
  body: TransactionBody,
  { keyId, receiptId }: CommandContext,
) => ({
  transactionId: body.transactionId ?? keyId ?? receiptId ?? freshId(),
  keyed: keyId !== undefined,
});

/** The identity of a capture, void or reversal: one that names none can happen once. */
export const settlementIdentity = (
  kind: DerivedKind,
  originalId: string,
  body: TransactionBody,
  { keyId }: CommandContext,
) => ({
  transactionId: body.transactionId ?? keyId ?? idOfSettlement(kind, originalId),
  keyed: keyId !== undefined,
});

/** Free text and metadata, apart from the rest. */
export function detailsOf(body: TransactionBody): { readonly details?: TransactionDetails } {
  const { reference, metadata } = body;
  if (reference === undefined && metadata === undefined) return {};
  return {
    details: {
      ...(reference !== undefined && { reference }),
      ...(metadata !== undefined && { metadata }),
    },
  };
}

/** An account's name and metadata, apart from the rest; null takes one away. */
export function accountDetails({
  name,
  metadata,
}: {
  readonly name?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
}): { readonly details?: AccountDetails } {
  if (name === undefined && metadata === undefined) return {};
  return {
    details: { ...(name !== undefined && { name }), ...(metadata !== undefined && { metadata }) },
  };
}

/** A transaction of the given kind and postings. */
export function transact(
  kind: Transact['kind'],
  postings: readonly Posting[],
  body: TransactionBody,
  context: CommandContext,
): Transact {
  const { effectiveNotBefore } = context;
  return {
    type: 'transact',
    kind,
    postings,
    ...stampOf(context),
    ...transactionIdentity(body, context),
    ...(body.effectiveAt !== undefined && { effectiveAt: body.effectiveAt }),
    ...(effectiveNotBefore !== undefined && { effectiveNotBefore }),
    ...detailsOf(body),
  };
}

/** External accounts never stand on both sides of a posting. */
export function refuseTwoExternals(
  { from, to }: { readonly from: string; readonly to: string },
  issues: z.RefinementCtx,
): void {
  if (!isExternal(from) || !isExternal(to)) return;
  issues.addIssue({
    code: 'custom',
    message: 'one side of a posting must be an account of the ledger',
    path: ['to'],
  });
}

import type {
  PostingView,
  TransactionKind,
  TransactionStatusView,
  TransactionView,
} from '@daybook/ledger-contracts';

/** A transaction as it was known at a moment. */
export interface TransactionAt {
  readonly id: string;
  readonly position: bigint;
  readonly kind: TransactionKind;
  readonly status: TransactionStatusView;
  readonly postings: readonly PostingView[];
  readonly effectiveAt: Date;
  readonly recordedAt: Date;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Ids of other transactions. */
  readonly reversalOf: string | null;
  readonly reversedBy: string | null;
}

/** What was known of a transaction at a position; undefined when it was not recorded yet. */
export function transactionAt(view: TransactionView, position: bigint): TransactionAt | undefined {
  const known = view.changes.filter((change) => change.position <= position).at(-1);
  if (!known) return undefined;
  return {
    id: view._id,
    position: view.position,
    kind: view.kind,
    status: known.status,
    postings: view.postings,
    effectiveAt: view.effectiveAt,
    recordedAt: view.recordedAt,
    reference: view.reference,
    metadata:
      view.metadata === null ? null : (JSON.parse(view.metadata) as Record<string, unknown>),
    reversalOf: view.kind === 'reversal' ? view.refersTo : null,
    reversedBy: known.status === 'reversed' ? known.transactionId : null,
  };
}

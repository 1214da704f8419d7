import { isExternal } from '@daybook/kernel';
import {
  externalAccountId,
  partitionOf,
  type EventData,
  type PostingView,
  type StoredPosting,
  type TransactionStatusView,
  type TransactionView,
} from '@daybook/ledger-contracts';
import { defineProjection } from '../projection';
import { freeText } from '../personal';
import { effectiveTime, type Recorded } from '../recorded-event';

type Record = EventData<'TransactionPosted'> | EventData<'TransactionPending'>;

const posting = ({ from, to, amount, currency }: StoredPosting): PostingView => ({
  from,
  to,
  amount: BigInt(amount),
  currency,
});

const accountsOf = (postings: readonly StoredPosting[]): readonly string[] => [
  ...new Set(
    postings.flatMap(({ from, to, currency }) =>
      [from, to].map((id) => (isExternal(id) ? externalAccountId(id, currency) : id)),
    ),
  ),
];

function begun(
  recorded: Recorded & { readonly data: Record },
  status: TransactionStatusView,
  own: Pick<TransactionView, 'expiresAt' | 'refersTo' | 'remaining'>,
): TransactionView {
  const { data, revision, position, recordedAt } = recorded;
  const { reference, metadata } = freeText(data.personal);
  return {
    _id: data.transactionId,
    partition: partitionOf(data.transactionId),
    revision,
    position,
    kind: data.kind,
    status,
    postings: data.postings.map(posting),
    accounts: accountsOf(data.postings),
    effectiveAt: effectiveTime(data.effectiveAt, recordedAt),
    recordedAt,
    reference,
    metadata,
    expiresAt: own.expiresAt,
    refersTo: own.refersTo,
    reversedBy: null,
    remaining: own.remaining,
    changes: [{ position, recordedAt, status, transactionId: data.transactionId }],
  };
}

const changed = (
  view: TransactionView,
  { revision, position, recordedAt }: Recorded,
  status: TransactionStatusView,
  transactionId: string,
): TransactionView => ({
  ...view,
  revision,
  status,
  changes: [...view.changes, { position, recordedAt, status, transactionId }],
});

/** A transaction as it is now. */
export const transactionProjection = defineProjection({
  name: 'transactions',
  version: 1,
  first: ['TransactionPosted', 'TransactionPending'],
  on: {
    TransactionPosted: (_view: TransactionView | undefined, recorded): TransactionView =>
      begun(recorded, 'posted', {
        expiresAt: null,
        refersTo: recorded.data.refersTo ?? null,
        remaining: [],
      }),
    TransactionPending: (_view: TransactionView | undefined, recorded): TransactionView => {
      const { expiresAt, postings } = recorded.data;
      return begun(recorded, 'pending', {
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
        refersTo: null,
        remaining: postings.map(({ amount }) => BigInt(amount)),
      });
    },
    TransactionCaptured: (view, recorded) => {
      const remaining = recorded.data.remaining.map(BigInt);
      const whole = remaining.every((amount) => amount === 0n);
      const after = whole
        ? changed(view, recorded, 'captured', recorded.data.captureId)
        : { ...view, revision: recorded.revision };
      return { ...after, remaining };
    },
    TransactionVoided: (view, recorded) => ({
      ...changed(view, recorded, 'voided', recorded.data.voidId),
      remaining: view.remaining.map(() => 0n),
    }),
    TransactionExpired: (view, recorded) => ({
      ...changed(view, recorded, 'expired', recorded.data.expiryId),
      remaining: view.remaining.map(() => 0n),
    }),
    TransactionReversed: (view, recorded) => ({
      ...changed(view, recorded, 'reversed', recorded.data.reversalId),
      reversedBy: recorded.data.reversalId,
    }),
  },
});

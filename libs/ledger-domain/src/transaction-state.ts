import type {
  Identity,
  StoredBalance,
  StoredPosting,
  TransactionKind,
} from '@daybook/ledger-contracts';

export type TransactionStatus =
  'posted' | 'pending' | 'captured' | 'voided' | 'expired' | 'reversed';

/** What decisions and repeats need to know of a transaction. */
export interface TransactionState {
  readonly of: 'transaction';
  readonly transactionId: string;
  readonly kind: TransactionKind;
  readonly status: TransactionStatus;
  readonly postings: readonly StoredPosting[];
  /** Still held, per posting; all zero when it was never pending. */
  readonly remaining: readonly bigint[];
  readonly expiresAt: string | undefined;
  readonly captures: readonly string[];
  readonly reversalId: string | undefined;
  readonly at: string;
  /** The identity's record: a repeat is answered from it alone. */
  readonly identity: Identity;
  readonly recorded: {
    readonly status: 'posted' | 'pending';
    readonly refersTo: string | undefined;
    readonly balances: readonly StoredBalance[];
  };
}

/** The identity of a keyed command that is no transaction. */
export interface RequestState {
  readonly of: 'request';
  readonly identity: Identity;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly at: string;
}

import type { LedgerEvent, StoredBalance } from '@daybook/ledger-contracts';
import type { AccountState, LimitName } from './account-state';
import type { LedgerRejection } from './rejections';
import type { RequestState, TransactionState } from './transaction-state';

/** The folded state of a stream that decisions read. */
export type LedgerState = AccountState | TransactionState | RequestState;

/** Reads the folded state of a stream by its name; undefined: absent, or not loaded yet. */
export type StateReader = (stream: string) => LedgerState | undefined;

/** The answer to a command about an account: the body but for `position`, in minor units. */
export interface AccountAnswer {
  readonly accountId: string;
  readonly status: 'open' | 'frozen' | 'closed';
  readonly currency: string;
  /** null: unlimited. */
  readonly overdraftLimit: string | null;
  readonly scope?: 'all' | 'debits';
  readonly limits: Readonly<Record<LimitName, string | null>>;
}

/** The answer to a command that moves money, in minor units. */
export interface TransactionAnswer {
  readonly transactionId: string;
  readonly status: 'posted' | 'pending';
  /** The transaction that a capture, void, expiry or reversal is about. */
  readonly refersTo?: string;
  readonly balances: readonly StoredBalance[];
}

export type LedgerAnswer = AccountAnswer | TransactionAnswer;

/**
 * An event, the stream it goes to and, where the decision has it at hand, what `evolve` makes of
 * that stream with it: then nobody need fold it again.
 */
export type LedgerRecord = LedgerEvent & {
  readonly stream: string;
  readonly after?: LedgerState;
};

export type LedgerDecision<Answer> =
  /** Append `records` as one group (legs first, the identity's record last), then answer. */
  | {
      readonly outcome: 'accepted';
      readonly records: readonly LedgerRecord[];
      readonly answer: Answer;
      /** False: only the key's record is new, the account was already so. */
      readonly changed: boolean;
    }
  /** Already so: nothing to write; needs ground as firm as a refusal's. */
  | { readonly outcome: 'unchanged'; readonly answer: Answer }
  /**
   * A repeat: the stored answer of the first time. `firm`: taken from the record of its identity
   * alone, which can never change; if not, it needs ground as firm as a refusal's.
   */
  | { readonly outcome: 'replayed'; readonly answer: Answer; readonly firm: boolean }
  | {
      readonly outcome: 'refused';
      readonly rejection: LedgerRejection;
      /** In an atomic batch: the command that was refused. */
      readonly index?: number;
    };

/**
 * A command ready to be decided by a runner that knows streams but nothing of money:
 *
 * 1. load the streams of `reads`, ask again, until all it names are loaded (two rounds at most,
 *    but for atomic batches);
 * 2. `decide`; every stream of `reads` and `claims` is checked in the append: at the revision that
 *    was loaded, or as no-stream;
 * 3. streams that are only in `claims` need no loading: they are taken for absent, and the append
 *    proves it. Before anything but `accepted` is answered they are loaded, and it is decided
 *    again; so too when the append finds one of them there.
 */
export interface LedgerOperation<Answer = LedgerAnswer> {
  /** Streams that exist only if this or a rival command was accepted before. */
  readonly claims: readonly string[];
  /** Streams that `decide` needs, as far as the states loaded so far can tell. */
  reads(states: StateReader): readonly string[];
  /** Pure: the same states give the same decision. */
  decide(states: StateReader): LedgerDecision<Answer>;
}

import type { LimitName } from './account-state';
import type { TransactionStatus } from './transaction-state';

/** Where in a command a refusal arose: the index of the first posting that broke a rule. */
interface AtPosting {
  readonly posting: number;
}

/**
 * Every business "no", with its data; amounts are minor units of `currency`. Checked in this
 * order, postings one after the other, and the first that applies is the answer:
 *
 * 1. `IdempotencyKeyReused`, `AccountAlreadyExists`
 * 2. `EffectiveInFuture`, `EffectiveTooEarly`, `ExpiryInPast`
 * 3. `TransactionNotFound`, `AlreadyReversed`, `TransactionNotPosted`, `TransactionNotPending`,
 *    `TransactionNotExpired`
 * 4. `InvalidRequest`, `InvalidAmount` (what only the state can tell), `CaptureExceedsHold`
 * 5. per posting: `SameAccount`; `AccountNotFound`, of `from` before `to`; then each of
 *    `CurrencyMismatch`, `AccountClosed`, `AccountFrozen`, of `from` before `to`; then of `from`
 *    `InsufficientFunds`, `LimitExceeded` (per transaction, per day, minimum balance);
 *    `BalanceOutOfRange`, of `from` before `to`
 * 6. `AccountNotEmpty`
 */
export type LedgerRejection =
  | { readonly code: 'IdempotencyKeyReused' }
  | { readonly code: 'AccountAlreadyExists'; readonly accountId: string }
  | { readonly code: 'EffectiveInFuture'; readonly effectiveAt: string; readonly now: string }
  | { readonly code: 'EffectiveTooEarly'; readonly effectiveAt: string; readonly earliest: string }
  | { readonly code: 'ExpiryInPast'; readonly expiresAt: string; readonly now: string }
  | { readonly code: 'TransactionNotFound'; readonly transactionId: string }
  | {
      readonly code: 'AlreadyReversed';
      readonly transactionId: string;
      readonly reversalId: string;
    }
  | {
      readonly code: 'TransactionNotPosted';
      readonly transactionId: string;
      readonly transactionStatus: TransactionStatus;
      /** The transactions that can be reversed instead of it. */
      readonly captures: readonly string[];
    }
  | {
      readonly code: 'TransactionNotPending';
      readonly transactionId: string;
      readonly transactionStatus: TransactionStatus;
      /** Present when it is pending no more by this time, though not yet recorded so. */
      readonly expiresAt?: string;
    }
  | {
      readonly code: 'TransactionNotExpired';
      readonly transactionId: string;
      readonly expiresAt?: string;
    }
  | { readonly code: 'InvalidRequest'; readonly path: string; readonly message: string }
  | { readonly code: 'InvalidAmount'; readonly path: string; readonly message: string }
  | ({
      readonly code: 'CaptureExceedsHold';
      readonly transactionId: string;
      readonly amount: bigint;
      readonly held: bigint;
      readonly currency: string;
    } & AtPosting)
  | AccountRefusal
  | PostingRefusal;

/** Refusals of a command to one account, by its own state. */
export type AccountRefusal =
  | { readonly code: 'AccountNotFound'; readonly accountId: string; readonly posting?: number }
  | { readonly code: 'AccountClosed'; readonly accountId: string; readonly posting?: number }
  /** A lower overdraft limit than what is in use; `allowed` is the lowest possible. */
  | {
      readonly code: 'LimitExceeded';
      readonly accountId: string;
      readonly limit: 'overdraftLimit';
      readonly allowed: bigint;
      readonly amount: bigint;
      readonly currency: string;
      readonly posting?: number;
    }
  | {
      readonly code: 'AccountNotEmpty';
      readonly accountId: string;
      readonly posted: bigint;
      readonly held: bigint;
      readonly incoming: bigint;
      readonly currency: string;
    };

/** Refusals of a posting, by the state that the posting before it left. */
export type PostingRefusal = AtPosting & { readonly accountId: string } & (
    | { readonly code: 'SameAccount' }
    | { readonly code: 'AccountNotFound' }
    | { readonly code: 'AccountClosed' }
    | { readonly code: 'AccountFrozen'; readonly scope: 'all' | 'debits' }
    | {
        readonly code: 'CurrencyMismatch';
        readonly accountCurrency: string;
        readonly currency: string;
      }
    | {
        readonly code: 'InsufficientFunds';
        readonly available: bigint;
        readonly amount: bigint;
        readonly currency: string;
      }
    | {
        readonly code: 'LimitExceeded';
        readonly limit: LimitName;
        readonly allowed: bigint;
        readonly amount: bigint;
        readonly currency: string;
      }
    | { readonly code: 'BalanceOutOfRange'; readonly currency: string }
  );

export type RejectionCode = LedgerRejection['code'];

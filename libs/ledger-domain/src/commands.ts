import type { Identity } from '@daybook/ledger-contracts';
import type { LimitName } from './account-state';

/**
 * What every command carries besides its content: the deciding clock and the caller's identity.
 * Ids are inside, too, so that a decision needs neither clock nor randomness.
 */
export interface CommandStamp {
  /** The deciding clock: an RFC 3339 instant in UTC with milliseconds. */
  readonly now: string;
  readonly identity: Identity;
}

/** A decimal as the client wrote it, where only the state knows the currency and its digits. */
export type DecimalText = string;

/** Free text and personal fields of an account; null takes one away. */
export interface AccountDetails {
  readonly name?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

/** Free text and personal fields of a transaction. */
export interface TransactionDetails {
  readonly reference?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface OpenAccount extends CommandStamp {
  readonly type: 'openAccount';
  readonly accountId: string;
  readonly currency: string;
  /** Minor units; null: unlimited. */
  readonly overdraftLimit: bigint | null;
  readonly ownerId?: string;
  readonly details?: AccountDetails;
  readonly requestId?: string;
}

/** A keyed command that is no transaction names `requestId`, derived from its key. */
interface AccountCommand extends CommandStamp {
  readonly accountId: string;
  readonly requestId?: string;
}

/** Absent: left as it was. Null: no such limit. */
export type LimitChanges = Readonly<Partial<Record<LimitName, DecimalText | null>>>;

export interface ChangeAccount extends AccountCommand {
  readonly type: 'changeAccount';
  readonly overdraftLimit?: DecimalText | 'unlimited';
  readonly limits?: LimitChanges;
  readonly details?: AccountDetails;
}

export interface FreezeAccount extends AccountCommand {
  readonly type: 'freezeAccount';
  readonly scope: 'all' | 'debits';
}

export interface UnfreezeAccount extends AccountCommand {
  readonly type: 'unfreezeAccount';
}

export interface CloseAccount extends AccountCommand {
  readonly type: 'closeAccount';
}

export interface Posting {
  readonly from: string;
  readonly to: string;
  /** Minor units, 1 to 10^15. */
  readonly amount: bigint;
  readonly currency: string;
}

/** Every command that moves money has an id, given by the client, derived or made. */
interface MoneyCommand extends CommandStamp {
  readonly transactionId: string;
  /** The id was derived from an `Idempotency-Key`: no request may have that key's id. */
  readonly keyed: boolean;
}

/** Deposit, withdrawal, transfer and journal are one command: postings, in the order given. */
export interface Transact extends MoneyCommand {
  readonly type: 'transact';
  readonly kind: 'deposit' | 'withdrawal' | 'transfer' | 'journal';
  /** 1 to 1,000; never external on both sides. */
  readonly postings: readonly Posting[];
  /** Present: funds are held, not moved, until captured, voided or expired. */
  readonly pending?: { readonly expiresAt?: string };
  readonly effectiveAt?: string;
  /** The setting that bounds the past: nothing may count from before this instant. */
  readonly effectiveNotBefore?: string;
  readonly details?: TransactionDetails;
}

export interface Capture extends MoneyCommand {
  readonly type: 'capture';
  readonly originalId: string;
  /** All that is still held; one amount (of the only posting); or one per posting. */
  readonly amounts: 'rest' | { readonly only: DecimalText } | readonly DecimalText[];
}

export interface VoidHold extends MoneyCommand {
  readonly type: 'void';
  readonly originalId: string;
}

/** The scheduler's: refused before `expiresAt`. */
export interface ExpireHold extends MoneyCommand {
  readonly type: 'expire';
  readonly originalId: string;
}

export interface Reverse extends MoneyCommand {
  readonly type: 'reverse';
  readonly originalId: string;
  /** Present: past the balance rules (funds and limits), for this reason. */
  readonly forced?: { readonly reason: string };
  /** Who does not force it may give a reason, too. */
  readonly details?: TransactionDetails & { readonly reason?: string };
}

export type SettlementCommand = Capture | VoidHold | ExpireHold | Reverse;

export type LedgerCommand =
  | OpenAccount
  | ChangeAccount
  | FreezeAccount
  | UnfreezeAccount
  | CloseAccount
  | Transact
  | SettlementCommand;

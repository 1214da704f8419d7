import {
  accountStream,
  type AccountEvent,
  type StoredBalance,
  type TransactionKind,
} from '@daybook/ledger-contracts';
import { availableOf, storedAmount, type AccountState } from './account-state';
import type { LedgerRecord, StateReader } from './operation';
import { readAccount } from './read-states';

/** What all events of one transaction share. */
export interface Entry {
  readonly transactionId: string;
  readonly kind: TransactionKind;
  readonly effectiveAt: string | undefined;
  readonly at: string;
}

/**
 * The accounts within one decision: each posting is decided on the state that the one before it
 * left. Lives as long as the decision, so that this stays a pure function of the states read.
 */
export class Book {
  readonly records: LedgerRecord[] = [];
  private readonly accounts = new Map<string, AccountState>();
  private readonly debited = new Map<string, bigint>();

  constructor(
    private readonly states: StateReader,
    readonly entry: Entry,
  ) {}

  account(accountId: string): AccountState | undefined {
    return this.accounts.get(accountId) ?? readAccount(this.states, accountId);
  }

  /** Debited or held so far from an account with a limit per transaction, in this one. */
  debitedSoFar(accountId: string): bigint {
    return this.debited.get(accountId) ?? 0n;
  }

  /** The fields that every event of a posting's internal side has, of the account as it leaves it. */
  side(after: AccountState, posting: number, counterparty: string, amount: bigint) {
    const { transactionId, kind, effectiveAt, at } = this.entry;
    return {
      accountId: after.accountId,
      transactionId,
      posting,
      kind,
      counterparty,
      amount: String(amount),
      currency: after.currency,
      balanceAfter: String(after.posted),
      heldAfter: String(after.held),
      // Undefined is left out of the stored JSON; a spread of nothing costs more than all else here.
      effectiveAt,
      at,
    };
  }

  /** Records an event of an account and takes over the state that it leaves. */
  write(after: AccountState, event: AccountEvent): void {
    this.accounts.set(after.accountId, after);
    const { type, data } = event;
    const stream = accountStream(after.accountId);
    this.records.push({ stream, type, data, after } as LedgerRecord);
  }

  /** Records an event that takes money, or the right to it, from an account. */
  take(after: AccountState, event: AccountEvent, amount: bigint): void {
    this.write(after, event);
    if (after.limits.perTransaction === null) return;
    this.debited.set(after.accountId, this.debitedSoFar(after.accountId) + amount);
  }

  /** The balances of all accounts written to, in order of first touch. */
  balances(): StoredBalance[] {
    return [...this.accounts.values()].map((account) => ({
      accountId: account.accountId,
      currency: account.currency,
      posted: String(account.posted),
      held: String(account.held),
      available: storedAmount(availableOf(account)),
    }));
  }
}

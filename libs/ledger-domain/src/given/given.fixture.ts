import { digitsOf, formatDecimal } from '@daybook/kernel';
import { accountStream, transactionStream, type EventName } from '@daybook/ledger-contracts';
import { availableOf, type AccountState } from '../account-state';
import type { LedgerCommand } from '../commands';
import type { LedgerDecision } from '../operation';
import { operationOf } from '../operation-of';
import type { LedgerRejection, RejectionCode } from '../rejections';
import type { TransactionState } from '../transaction-state';
import { MemoryLedger } from './memory-ledger.fixture';

/** A refusal with its amounts as decimals of its currency. */
type Refusal = { readonly code: RejectionCode } & Readonly<Record<string, unknown>>;

/** An event as a test names it: its stream and type, with all of its data or some of it. */
export interface Expected {
  readonly stream: string;
  readonly type: EventName;
  readonly data: Readonly<Record<string, unknown>>;
}

const decimals = (value: bigint, currency: unknown): string =>
  formatDecimal(value, digitsOf(String(currency)) ?? 0);

function readable(rejection: LedgerRejection): Record<string, unknown> {
  const { currency } = { currency: undefined, ...rejection };
  const entries = Object.entries(rejection).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? decimals(value, currency) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** What came of a command; each method states one thing and returns for the next. */
export class Outcome {
  constructor(
    private readonly ledger: MemoryLedger,
    private readonly decision: LedgerDecision<unknown>,
  ) {}

  /** Exactly these events, in this order. */
  thenWritten(...expected: readonly Expected[]): this {
    expect(this.decision).toMatchObject({ outcome: 'accepted' });
    if (this.decision.outcome === 'accepted') {
      const written = this.decision.records.map(({ stream, type, data }) => ({
        stream,
        type,
        data,
      }));
      expect(written).toEqual(expected);
    }
    return this;
  }

  /** Events of exactly these types, in this order. */
  thenTypes(...types: readonly EventName[]): this {
    const records = this.decision.outcome === 'accepted' ? this.decision.records : [];
    expect(records.map(({ type }) => type)).toEqual(types);
    return this;
  }

  thenAnswered(answer: object): this {
    expect(this.decision).toMatchObject({ answer });
    return this;
  }

  /** Accepted without a record: it was already so. */
  thenUnchanged(): this {
    expect(this.decision.outcome).toBe('unchanged');
    return this;
  }

  /** Answered from what was stored the first time. */
  thenReplayed(): this {
    expect(this.decision.outcome).toBe('replayed');
    return this;
  }

  /** Refused with exactly this, amounts as decimals. */
  thenRejected(refusal: Refusal): this {
    const { decision } = this;
    const rejection = decision.outcome === 'refused' ? readable(decision.rejection) : decision;
    expect(rejection).toEqual(refusal);
    return this;
  }

  thenBalance(accountId: string, posted: string, held?: string, available?: string): this {
    const account = this.ledger.read(accountStream(accountId)) as AccountState;
    const show = (amount: bigint) => decimals(amount, account.currency);
    const left = availableOf(account);
    const shown = [show(account.posted), show(account.held), left === null ? '' : show(left)];
    expect(shown).toEqual([posted, held ?? shown[1], available ?? shown[2]]);
    return this;
  }

  thenTransaction(transactionId: string, state: Partial<TransactionState>): this {
    expect(this.ledger.read(transactionStream(transactionId))).toMatchObject(state);
    return this;
  }

  /** The next command, on the ledger as it is now. */
  when(command: LedgerCommand): Outcome {
    return new Outcome(this.ledger, this.ledger.run(operationOf(command)));
  }
}

/** A ledger on which these commands were accepted. */
export function given(...commands: readonly LedgerCommand[]) {
  const ledger = new MemoryLedger();
  for (const command of commands) {
    const decision = ledger.run(operationOf(command));
    if (decision.outcome === 'refused') {
      throw new Error(`given ${command.type}, refused: ${decision.rejection.code}`);
    }
  }
  return {
    when: (command: LedgerCommand) => new Outcome(ledger, ledger.run(operationOf(command))),
  };
}

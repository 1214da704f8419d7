import { isExternal } from '@daybook/kernel';
import type { TransactionKind } from '@daybook/ledger-contracts';

/** A record as the store would give it back. */
export interface LoggedRecord {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly created: Date;
}

export interface LoggedGroup {
  readonly records: readonly LoggedRecord[];
  readonly position: bigint;
  readonly recordedAt: Date;
}

interface Balance {
  posted: bigint;
  held: bigint;
  incoming: bigint;
}

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
}

const identity = { caller: 'public', digest: 'd', digestVersion: 1 };

type Draft = Pick<LoggedRecord, 'stream' | 'type' | 'data'>;

/**
 * Writes a log as the command side would, for specs of the read side: groups whose records carry
 * resulting balances, one millisecond apart unless told otherwise. One currency a ledger.
 */
export class LedgerLog {
  readonly groups: LoggedGroup[] = [];
  readonly currency: string;
  #position = 100n;
  #now: number;
  readonly #revisions = new Map<string, number>();
  readonly #balances = new Map<string, Balance>();
  readonly #pending = new Map<string, readonly Move[]>();

  constructor({ currency = 'CZK', start = Date.UTC(2026, 0, 1) } = {}) {
    this.currency = currency;
    this.#now = start;
  }

  get records(): readonly LoggedRecord[] {
    return this.groups.flatMap(({ records }) => records);
  }

  wait(ms: number): this {
    this.#now += ms;
    return this;
  }

  open(accountId: string, name = accountId.toUpperCase()): this {
    const personal = { subject: accountId, enc: 'none', data: { name } };
    const { currency } = this;
    const opened = { accountId, currency, exponent: 2, overdraftLimit: null, personal, identity };
    this.#balances.set(accountId, { posted: 0n, held: 0n, incoming: 0n });
    return this.#write([this.#account(accountId, 'AccountOpened', opened)]);
  }

  freeze(accountId: string): this {
    const frozen = { accountId, scope: 'all' };
    return this.#write([this.#account(accountId, 'AccountFrozen', frozen)]);
  }

  unfreeze(accountId: string): this {
    return this.#write([this.#account(accountId, 'AccountUnfrozen', { accountId })]);
  }

  post(
    transactionId: string,
    moves: readonly Move[],
    { kind = 'transfer', effectiveAt }: { kind?: TransactionKind; effectiveAt?: Date } = {},
  ): this {
    const times = effectiveAt ? { effectiveAt: effectiveAt.toISOString() } : {};
    const legs = moves.flatMap((move, posting) =>
      this.#legs(transactionId, kind, move, posting, times),
    );
    return this.#write([...legs, this.#posted(transactionId, kind, moves, times)]);
  }

  pend(transactionId: string, moves: readonly Move[]): this {
    this.#pending.set(transactionId, moves);
    const legs = moves.flatMap((move, posting) =>
      this.#sides(transactionId, 'transfer', move, posting, (balance, debit) => {
        if (debit) balance.held += move.amount;
        else balance.incoming += move.amount;
        return debit ? 'HoldPlaced' : 'IncomingPending';
      }),
    );
    const record = this.#record(transactionId, 'transfer', moves, {});
    return this.#write([...legs, this.#transaction(transactionId, 'TransactionPending', record)]);
  }

  voidPending(transactionId: string): this {
    const moves = this.#pending.get(transactionId) ?? [];
    this.#pending.delete(transactionId);
    const voidId = `_${transactionId}-void`;
    const legs = moves.flatMap((move, posting) =>
      this.#sides(voidId, 'void', move, posting, (balance, debit) => {
        if (debit) balance.held -= move.amount;
        else balance.incoming -= move.amount;
        return debit ? 'HoldReleased' : 'IncomingSettled';
      }).map((draft) => ({ ...draft, data: { ...draft.data, holdId: transactionId } })),
    );
    const mark = { transactionId, voidId };
    return this.#write([
      ...legs,
      this.#transaction(transactionId, 'TransactionVoided', mark),
      this.#posted(voidId, 'void', [], { refersTo: transactionId }),
    ]);
  }

  /** A group of one record with whatever content. */
  raw(stream: string, type: string, data: Record<string, unknown>): this {
    return this.#write([{ stream, type, data }]);
  }

  #legs(
    transactionId: string,
    kind: TransactionKind,
    move: Move,
    posting: number,
    times: object,
  ): Draft[] {
    return this.#sides(transactionId, kind, move, posting, (balance, debit) => {
      balance.posted += debit ? -move.amount : move.amount;
      return debit ? 'AccountDebited' : 'AccountCredited';
    }).map((draft) => ({ ...draft, data: { ...draft.data, ...times } }));
  }

  #sides(
    transactionId: string,
    kind: TransactionKind,
    { from, to, amount }: Move,
    posting: number,
    apply: (balance: Balance, debit: boolean) => string,
  ): Draft[] {
    return [from, to].flatMap((accountId, side) => {
      if (isExternal(accountId)) return [];
      const balance = this.#balances.get(accountId);
      if (!balance) throw new Error(`${accountId} is not open`);
      const type = apply(balance, side === 0);
      const counterparty = side === 0 ? to : from;
      const incoming = type.startsWith('Incoming')
        ? { incomingAfter: String(balance.incoming) }
        : {};
      const data = {
        accountId,
        transactionId,
        posting,
        kind,
        counterparty,
        amount: String(amount),
        currency: this.currency,
        balanceAfter: String(balance.posted),
        heldAfter: String(balance.held),
        ...incoming,
      };
      return [this.#account(accountId, type, data)];
    });
  }

  #record(id: string, kind: TransactionKind, moves: readonly Move[], more: object): object {
    const { currency } = this;
    const postings = moves.map(({ from, to, amount }) => ({
      from,
      to,
      amount: String(amount),
      currency,
    }));
    return { transactionId: id, kind, postings, identity, balances: [], ...more };
  }

  #posted(id: string, kind: TransactionKind, moves: readonly Move[], more: object): Draft {
    return this.#transaction(id, 'TransactionPosted', this.#record(id, kind, moves, more));
  }

  #account = (id: string, type: string, data: object): Draft => ({
    stream: `account-${id}`,
    type,
    data: { ...data },
  });

  #transaction = (id: string, type: string, data: object): Draft => ({
    stream: `transaction-${id}`,
    type,
    data: { ...data },
  });

  #write(drafts: readonly Draft[]): this {
    this.#now += 1;
    const created = new Date(this.#now);
    const records = drafts.map(({ stream, type, data }, i) => {
      const revision = (this.#revisions.get(stream) ?? -1) + 1;
      this.#revisions.set(stream, revision);
      this.#position += 7n;
      const position = this.#position;
      const last = i === drafts.length - 1 ? { last: 'true' } : {};
      return {
        stream,
        revision,
        position,
        id: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
        type,
        data: { ...data, at: created.toISOString() },
        metadata: { schema: '1', ...last },
        created,
      };
    });
    this.groups.push({ records, position: this.#position, recordedAt: created });
    return this;
  }
}

import { isExternal } from '@daybook/kernel';
import { partitionOf } from '@daybook/ledger-contracts';
import type { LogGroup, LogRecord } from '@daybook/read-model';

/** A repeatable source of random whole numbers below a bound (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export interface RandomLedger {
  readonly groups: readonly LogGroup[];
  readonly accounts: readonly { readonly id: string; readonly currency: string }[];
}

interface Side {
  posted: bigint;
  held: bigint;
  incoming: bigint;
}

interface Posting {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly currency: string;
}

const accounts = [
  { id: 'alice', currency: 'CZK' },
  { id: 'bob', currency: 'CZK' },
  { id: 'carol', currency: 'CZK' },
  { id: 'dave', currency: 'EUR' },
  { id: 'erin', currency: 'EUR' },
];
const rails = ['@bank', '@cash', '@adjustment'];
const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const identity = { caller: 'public', digest: 'd', digestVersion: 1 };

/**
 * A log as the command side writes one, at random: transactions of several postings, many of them
 * back-dated and many in one millisecond, holds, freezes, changed limits and names, reversals.
 */
export function randomLedger(seed: number, steps: number): RandomLedger {
  const log = new RandomLog(randomFrom(seed));
  for (const { id, currency } of accounts) log.open(id, currency);
  // External accounts in few shares, to be read often enough.
  const ids = Array.from({ length: steps * 8 }, (_, i) => `t${i}`);
  const few = ids.filter((id) => partitionOf(id) % 4 === 0).slice(0, steps);
  for (const id of few) log.step(id);
  return { groups: log.groups, accounts };
}

class RandomLog {
  readonly groups: LogGroup[] = [];
  readonly #sides = new Map<string, Side>();
  readonly #revisions = new Map<string, number>();
  readonly #posted: { id: string; postings: readonly Posting[] }[] = [];
  readonly #pending: { id: string; postings: readonly Posting[] }[] = [];
  #position = 0n;
  #now = START;

  constructor(private readonly random: (below: number) => number) {}

  open(accountId: string, currency: string): void {
    this.#sides.set(accountId, { posted: 0n, held: 0n, incoming: 0n });
    const personal = { subject: accountId, enc: 'none', data: { name: `first ${accountId}` } };
    const opened = { accountId, currency, exponent: 2, overdraftLimit: null, personal, identity };
    this.#write([[`account-${accountId}`, 'AccountOpened', opened]]);
  }

  step(id: string): void {
    const kind = this.random(20);
    if (kind === 0) return this.#condition();
    if (kind === 1) return this.#pend(id);
    if (kind === 2 && this.#pending.length > 0) return this.#void(id);
    if (kind === 3 && this.#posted.length > 0) return this.#reverse(id);
    this.#post(id, 'journal', this.#postings(), this.#effective(), {});
  }

  #effective(): { effectiveAt?: string } {
    const late = [0, 0, 0, 1, 1, 24, 240, 2_400][this.random(8)] as number;
    if (late === 0 && this.random(2) === 0) return {};
    // Whole hours, so that many entries share their effective time.
    const at = Math.floor((this.#now - this.random(late + 1) * HOUR) / HOUR) * HOUR;
    return { effectiveAt: new Date(at).toISOString() };
  }

  #postings(): Posting[] {
    const currency = this.random(3) === 0 ? 'EUR' : 'CZK';
    const own = accounts.filter((account) => account.currency === currency).map(({ id }) => id);
    return Array.from({ length: 1 + this.random(3) }, () => {
      const from = own[this.random(own.length)] as string;
      const others = [...own.filter((id) => id !== from), ...rails];
      const to = others[this.random(others.length)] as string;
      const amount = String(1 + this.random(10_000));
      return this.random(2) === 0
        ? { from, to, amount, currency }
        : { from: to, to: from, amount, currency };
    });
  }

  #condition(): void {
    const accountId = (accounts[this.random(accounts.length)] as { id: string }).id;
    const stream = `account-${accountId}`;
    const changes: [string, object][] = [
      ['AccountFrozen', { accountId, scope: 'all' }],
      ['AccountUnfrozen', { accountId }],
      ['AccountLimitsChanged', { accountId, overdraftLimit: String(this.random(1_000)) }],
      [
        'AccountDetailsChanged',
        {
          accountId,
          personal: { subject: accountId, enc: 'none', data: { name: `name ${this.#now}` } },
        },
      ],
    ];
    const [type, data] = changes[this.random(changes.length)] as [string, object];
    this.#write([[stream, type, data]]);
  }

  #post(
    id: string,
    kind: string,
    postings: readonly Posting[],
    times: { effectiveAt?: string },
    more: { refersTo?: string },
  ): void {
    this.#posted.push({ id, postings });
    const legs = this.#legs(id, kind, postings, times, (side, debit, amount) => {
      side.posted += debit ? -amount : amount;
      return debit ? 'AccountDebited' : 'AccountCredited';
    });
    const marks: Draft[] =
      more.refersTo === undefined
        ? []
        : [
            [
              `transaction-${more.refersTo}`,
              'TransactionReversed',
              { transactionId: more.refersTo, reversalId: id },
            ],
          ];
    const record = { transactionId: id, kind, postings, identity, balances: [], ...times, ...more };
    this.#write([...legs, ...marks, [`transaction-${id}`, 'TransactionPosted', record]]);
  }

  #pend(id: string): void {
    const postings = this.#postings().filter(({ from, to }) => ![from, to].some(isExternal));
    if (postings.length === 0) return;
    this.#pending.push({ id, postings });
    const legs = this.#legs(id, 'journal', postings, {}, (side, debit, amount) => {
      if (debit) side.held += amount;
      else side.incoming += amount;
      return debit ? 'HoldPlaced' : 'IncomingPending';
    });
    const record = { transactionId: id, kind: 'journal', postings, identity, balances: [] };
    this.#write([...legs, [`transaction-${id}`, 'TransactionPending', record]]);
  }

  #void(voidId: string): void {
    const { id, postings } = this.#pending.shift() as { id: string; postings: Posting[] };
    const legs = this.#legs(voidId, 'void', postings, {}, (side, debit, amount) => {
      if (debit) side.held -= amount;
      else side.incoming -= amount;
      return debit ? 'HoldReleased' : 'IncomingSettled';
    }).map(([stream, type, data]): Draft => [stream, type, { ...data, holdId: id }]);
    const record = { transactionId: voidId, kind: 'void', postings: [], identity, balances: [] };
    this.#write([
      ...legs,
      [`transaction-${id}`, 'TransactionVoided', { transactionId: id, voidId }],
      [`transaction-${voidId}`, 'TransactionPosted', { ...record, refersTo: id }],
    ]);
  }

  #reverse(id: string): void {
    const [original] = this.#posted.splice(this.random(this.#posted.length), 1);
    if (!original) return;
    const postings = original.postings.map(({ from, to, ...rest }) => ({
      from: to,
      to: from,
      ...rest,
    }));
    this.#post(id, 'reversal', postings, this.#effective(), { refersTo: original.id });
  }

  #legs(
    transactionId: string,
    kind: string,
    postings: readonly Posting[],
    times: object,
    apply: (side: Side, debit: boolean, amount: bigint) => string,
  ): Draft[] {
    return postings.flatMap(({ from, to, amount, currency }, posting) =>
      [from, to].flatMap((accountId, end): Draft[] => {
        const side = this.#sides.get(accountId);
        if (!side) return [];
        const type = apply(side, end === 0, BigInt(amount));
        const data = {
          ...{ accountId, transactionId, posting, kind, amount, currency, ...times },
          counterparty: end === 0 ? to : from,
          balanceAfter: String(side.posted),
          heldAfter: String(side.held),
          ...(type.startsWith('Incoming') && { incomingAfter: String(side.incoming) }),
        };
        return [[`account-${accountId}`, type, data]];
      }),
    );
  }

  #write(drafts: readonly Draft[]): void {
    // Often in the same millisecond as the group before.
    this.#now += [0, 0, 1, 700, HOUR, 5 * HOUR][this.random(6)] as number;
    const recordedAt = new Date(this.#now);
    const records = drafts.map(([stream, type, data], i): LogRecord => {
      const revision = (this.#revisions.get(stream) ?? -1) + 1;
      this.#revisions.set(stream, revision);
      this.#position += BigInt(1 + this.random(300));
      const last = i === drafts.length - 1 ? { last: 'true' } : {};
      return {
        ...{ stream, revision, type, position: this.#position },
        data: { ...data, at: recordedAt.toISOString() },
        metadata: { schema: '1', ...last },
      };
    });
    this.groups.push({ records, position: this.#position, recordedAt });
  }
}

type Draft = [stream: string, type: string, data: Record<string, unknown> | object];

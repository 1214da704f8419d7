import type { LogGroup, LogRecord } from '@daybook/read-model';

const identity = { caller: 'public', digest: 'd', digestVersion: 1 };

/** Day and hour of January 2026, UTC. */
export const january = (day: number, hour = 0): string =>
  new Date(Date.UTC(2026, 0, day, hour)).toISOString();

interface Leg {
  readonly account: string;
  readonly type: 'AccountCredited' | 'AccountDebited' | 'HoldPlaced';
  readonly amount: string;
  readonly counterparty: string;
  readonly balanceAfter: string;
  readonly heldAfter?: string;
}

interface Told {
  readonly id: string;
  readonly kind?: string;
  readonly effectiveAt?: string;
  readonly refersTo?: string;
  readonly reference?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A ledger of a few commands, each told in full as the log would hold it. */
export class SmallLedger {
  readonly groups: LogGroup[] = [];
  readonly #revisions = new Map<string, number>();
  #position = 1_000n;

  open(
    accountId: string,
    recordedAt: string,
    {
      currency = 'EUR',
      ownerId = 'owner-1',
      overdraftLimit = '0' as string | null,
      name = '',
    } = {},
  ): this {
    const personal = { subject: accountId, enc: 'none', data: name ? { name } : {} };
    const exponent = currency === 'KRW' ? 0 : 2;
    const opened = { accountId, currency, exponent, overdraftLimit, ownerId, personal, identity };
    return this.write(recordedAt, [[`account-${accountId}`, 'AccountOpened', opened]]);
  }

  freeze(accountId: string, recordedAt: string): this {
    const frozen = { accountId, scope: 'all' };
    return this.write(recordedAt, [[`account-${accountId}`, 'AccountFrozen', frozen]]);
  }

  post(
    { id, kind = 'transfer', reference, metadata, refersTo, effectiveAt }: Told,
    recordedAt: string,
    legs: readonly Leg[],
    postings: readonly { from: string; to: string; amount: string; currency: string }[],
  ): this {
    const times = effectiveAt ? { effectiveAt } : {};
    const [currency = 'EUR'] = postings.map((posting) => posting.currency);
    const pending = legs.some(({ type }) => type === 'HoldPlaced');
    const personal = { subject: id, enc: 'none', data: { reference, metadata } };
    const posted = {
      transactionId: id,
      kind,
      postings,
      identity,
      balances: [],
      ...times,
      personal,
    };
    const mark: Draft[] = refersTo
      ? [
          [
            `transaction-${refersTo}`,
            'TransactionReversed',
            { transactionId: refersTo, reversalId: id },
          ],
        ]
      : [];
    return this.write(recordedAt, [
      ...legs.map(({ account, type, heldAfter = '0', ...leg }): Draft => {
        const side = { accountId: account, transactionId: id, posting: 0, kind, currency };
        return [`account-${account}`, type, { ...side, ...leg, ...times, heldAfter }];
      }),
      ...mark,
      [
        `transaction-${id}`,
        pending ? 'TransactionPending' : 'TransactionPosted',
        { ...posted, ...(refersTo && { refersTo }) },
      ],
    ]);
  }

  write(recordedAt: string, drafts: readonly Draft[]): this {
    const records = drafts.map(([stream, type, data], i): LogRecord => {
      const revision = (this.#revisions.get(stream) ?? -1) + 1;
      this.#revisions.set(stream, revision);
      this.#position += 10n;
      const last = i === drafts.length - 1 ? { last: 'true' } : {};
      const metadata = { schema: '1', ...last };
      const position = this.#position;
      return { stream, revision, type, position, data: { ...data, at: recordedAt }, metadata };
    });
    this.groups.push({ records, position: this.#position, recordedAt: new Date(recordedAt) });
    return this;
  }
}

type Draft = readonly [stream: string, type: string, data: object];

const eur = (from: string, to: string, amount: string) => ({ from, to, amount, currency: 'EUR' });

/** Alice and Bob in January: deposits, a late one, a transfer taken back, a hold, a freeze. */
export function januaryLedger(): SmallLedger {
  const ledger = new SmallLedger();
  ledger.open('alice', january(1), { name: 'Alice', overdraftLimit: '5000' });
  ledger.open('bob', january(1, 1), { overdraftLimit: null, ownerId: 'owner-2' });
  ledger.open('kim', january(1, 2), { currency: 'KRW', ownerId: 'owner-2' });
  ledger.post(
    { id: 'salary', kind: 'deposit', reference: 'January', metadata: { month: 1, tags: ['pay'] } },
    january(2),
    [
      {
        ...{ account: 'alice', type: 'AccountCredited', amount: '10000' },
        ...{ counterparty: '@bank', balanceAfter: '10000' },
      },
    ],
    [eur('@bank', 'alice', '10000')],
  );
  ledger.post(
    { id: 'rent' },
    january(10),
    [
      {
        ...{ account: 'alice', type: 'AccountDebited', amount: '2550' },
        ...{ counterparty: 'bob', balanceAfter: '7450' },
      },
      {
        ...{ account: 'bob', type: 'AccountCredited', amount: '2550' },
        ...{ counterparty: 'alice', balanceAfter: '2550' },
      },
    ],
    [eur('alice', 'bob', '2550')],
  );
  ledger.post(
    { id: 'found-late', kind: 'deposit', effectiveAt: january(5) },
    january(12),
    [
      {
        ...{ account: 'alice', type: 'AccountCredited', amount: '100' },
        ...{ counterparty: '@cash', balanceAfter: '7550' },
      },
    ],
    [eur('@cash', 'alice', '100')],
  );
  ledger.post(
    { id: 'rent-back', kind: 'reversal', refersTo: 'rent' },
    january(15),
    [
      {
        ...{ account: 'bob', type: 'AccountDebited', amount: '2550' },
        ...{ counterparty: 'alice', balanceAfter: '0' },
      },
      {
        ...{ account: 'alice', type: 'AccountCredited', amount: '2550' },
        ...{ counterparty: 'bob', balanceAfter: '10100' },
      },
    ],
    [eur('bob', 'alice', '2550')],
  );
  ledger.post(
    { id: 'hold' },
    january(20),
    [
      {
        ...{ account: 'alice', type: 'HoldPlaced', amount: '3000' },
        ...{ counterparty: 'bob', balanceAfter: '10100', heldAfter: '3000' },
      },
    ],
    [eur('alice', 'bob', '3000')],
  );
  return ledger.freeze('bob', january(25));
}

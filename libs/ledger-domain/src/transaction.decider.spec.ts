import { MAX_BALANCE } from '@daybook/kernel';
import { given } from './given/given.fixture';
import {
  change,
  close,
  deposit,
  freeze,
  hold,
  journal,
  NOON,
  open,
  transfer,
  withdraw,
  type Move,
} from './given/phrases.fixture';

const at = NOON;

describe('a transfer', () => {
  it('writes both legs, then its own record with the answer', () => {
    const command = transfer('alice', 'bob', '4.50', {
      effectiveAt: '2026-03-01T00:00:00.000Z',
      details: { reference: 'rent', metadata: { month: 3 } },
    });
    const leg = {
      transactionId: 't1',
      posting: 0,
      kind: 'transfer',
      amount: '450',
      currency: 'EUR',
      heldAfter: '0',
      effectiveAt: '2026-03-01T00:00:00.000Z',
      at,
    };
    const balances = [
      { accountId: 'alice', currency: 'EUR', posted: '550', held: '0', available: '550' },
      { accountId: 'bob', currency: 'EUR', posted: '450', held: '0', available: null },
    ];
    given(
      open('alice'),
      open('bob', 'EUR', { overdraftLimit: null }),
      deposit('alice', '10.00', { transactionId: 'd1' }),
    )
      .when(command)
      .thenWritten(
        {
          stream: 'account-alice',
          type: 'AccountDebited',
          data: { ...leg, accountId: 'alice', counterparty: 'bob', balanceAfter: '550' },
        },
        {
          stream: 'account-bob',
          type: 'AccountCredited',
          data: { ...leg, accountId: 'bob', counterparty: 'alice', balanceAfter: '450' },
        },
        {
          stream: 'transaction-t1',
          type: 'TransactionPosted',
          data: {
            transactionId: 't1',
            kind: 'transfer',
            postings: [{ from: 'alice', to: 'bob', amount: '450', currency: 'EUR' }],
            effectiveAt: '2026-03-01T00:00:00.000Z',
            personal: {
              subject: 'account-alice',
              enc: 'none',
              data: { reference: 'rent', metadata: { month: 3 } },
            },
            identity: command.identity,
            balances,
            at,
          },
        },
      )
      .thenAnswered({ transactionId: 't1', status: 'posted', balances });
  });

  it('takes the last cent and not one more', () => {
    given(open('alice'), open('bob'), deposit('alice', '10.00', { transactionId: 'd1' }))
      .when(transfer('alice', 'bob', '10.01'))
      .thenRejected({
        code: 'InsufficientFunds',
        posting: 0,
        accountId: 'alice',
        available: '10.00',
        amount: '10.01',
        currency: 'EUR',
      })
      .when(transfer('alice', 'bob', '10.00'))
      .thenBalance('alice', '0.00')
      .thenBalance('bob', '10.00');
  });

  it('uses the overdraft down to its limit', () => {
    given(open('alice', 'EUR', { overdraftLimit: 500n }))
      .when(withdraw('alice', '5.01'))
      .thenRejected({
        code: 'InsufficientFunds',
        posting: 0,
        accountId: 'alice',
        available: '5.00',
        amount: '5.01',
        currency: 'EUR',
      })
      .when(withdraw('alice', '5.00'))
      .thenBalance('alice', '-5.00', '0.00', '0.00');
  });
});

describe('several postings', () => {
  it('apply in order, each on the state that the one before it left', () => {
    given(open('alice'), open('bob'), open('fees'))
      .when(
        journal([
          ['@bank', 'alice', '10.00'],
          ['alice', 'bob', '9.00'],
          ['alice', 'fees', '1.00'],
        ]),
      )
      .thenTypes(
        'AccountCredited',
        'AccountDebited',
        'AccountCredited',
        'AccountDebited',
        'AccountCredited',
        'TransactionPosted',
      )
      .thenAnswered({
        balances: [
          { accountId: 'alice', posted: '0' },
          { accountId: 'bob', posted: '900' },
          { accountId: 'fees', posted: '100' },
        ],
      });
  });

  it('are all refused when one is, which is named by its index', () => {
    given(open('alice'), open('bob'))
      .when(
        journal([
          ['@bank', 'alice', '10.00'],
          ['alice', 'bob', '9.00'],
          ['alice', 'bob', '1.01'],
        ]),
      )
      .thenRejected({
        code: 'InsufficientFunds',
        posting: 2,
        accountId: 'alice',
        available: '1.00',
        amount: '1.01',
        currency: 'EUR',
      })
      .thenBalance('alice', '0.00');
  });

  it('bound what one transaction takes of an account over all of them', () => {
    given(
      open('alice', 'EUR', { overdraftLimit: null }),
      open('bob'),
      change('alice', { limits: { perTransaction: '10.00' } }),
    )
      .when(
        journal([
          ['alice', 'bob', '6.00'],
          ['alice', 'bob', '4.01'],
        ]),
      )
      .thenRejected({
        code: 'LimitExceeded',
        posting: 1,
        accountId: 'alice',
        limit: 'perTransaction',
        allowed: '4.00',
        amount: '4.01',
        currency: 'EUR',
      });
  });

  it('may be of several currencies', () => {
    given(open('eur'), open('krw', 'KRW'))
      .when(
        journal([
          ['@bank', 'eur', '1.00'],
          ['@bank', 'krw', '1500', 'KRW'],
        ]),
      )
      .thenBalance('eur', '1.00')
      .thenBalance('krw', '1500');
  });
});

describe('the kind', () => {
  it('of a transaction that touches @adjustment is adjustment', () => {
    given(open('alice'))
      .when(journal([['@adjustment', 'alice', '0.10']]))
      .thenTransaction('t1', { kind: 'adjustment', status: 'posted' });
  });

  it('is what it was sent as otherwise', () => {
    given(open('alice')).when(deposit('alice', '1.00')).thenTransaction('t1', { kind: 'deposit' });
  });
});

describe('the refusals of a posting', () => {
  const accounts = [
    open('alice', 'EUR', { overdraftLimit: null }),
    open('bob'),
    open('yen', 'JPY'),
    open('shut'),
    close('shut'),
    open('stuck'),
    freeze('stuck', 'all'),
    open('half', 'EUR', { overdraftLimit: null }),
    freeze('half', 'debits'),
  ];
  const mismatch = { code: 'CurrencyMismatch', currency: 'EUR', accountCurrency: 'JPY' } as const;

  it.each<[Move, object]>([
    [['alice', 'alice', '1.00'], { code: 'SameAccount', accountId: 'alice' }],
    [['ghost', 'ghost', '1.00'], { code: 'SameAccount', accountId: 'ghost' }],
    [['ghost', 'spook', '1.00'], { code: 'AccountNotFound', accountId: 'ghost' }],
    [['alice', 'spook', '1.00'], { code: 'AccountNotFound', accountId: 'spook' }],
    [['yen', 'shut', '1.00'], { ...mismatch, accountId: 'yen' }],
    [['shut', 'yen', '1.00'], { ...mismatch, accountId: 'yen' }],
    [['stuck', 'shut', '1.00'], { code: 'AccountClosed', accountId: 'shut' }],
    [['stuck', 'bob', '1.00'], { code: 'AccountFrozen', accountId: 'stuck', scope: 'all' }],
    [['alice', 'stuck', '1.00'], { code: 'AccountFrozen', accountId: 'stuck', scope: 'all' }],
    [['half', 'bob', '1.00'], { code: 'AccountFrozen', accountId: 'half', scope: 'debits' }],
  ])('%j: each before those after it in the documented order', (move, refusal) => {
    const expected = { posting: 0, ...refusal } as { code: 'SameAccount'; posting: number };
    given(...accounts)
      .when(journal([move]))
      .thenRejected(expected)
      .when(hold([move]))
      .thenRejected(expected);
  });

  it('let credits to an account through that is frozen for debits only', () => {
    given(...accounts)
      .when(transfer('alice', 'half', '1.00'))
      .thenBalance('half', '1.00');
  });

  it('keep balances within ±9·10^18', () => {
    const quadrillion = '10000000000000.00';
    const moves = Array.from({ length: 1000 }, (): Move => ['rich', 'poor', quadrillion]);
    const ledger = given(
      open('rich', 'EUR', { overdraftLimit: null }),
      open('poor', 'EUR', { overdraftLimit: null }),
      ...Array.from({ length: 9 }, (_, index) => journal(moves, { transactionId: `m${index}` })),
    );
    const outOfRange = { code: 'BalanceOutOfRange', posting: 0, currency: 'EUR' } as const;
    expect(MAX_BALANCE).toBe(9_000_000_000_000_000_000n);
    ledger
      .when(transfer('rich', '@bank', '0.01'))
      .thenRejected({ ...outOfRange, accountId: 'rich' })
      .when(transfer('@bank', 'poor', '0.01'))
      .thenRejected({ ...outOfRange, accountId: 'poor' })
      .when(hold([['rich', '@bank', '0.01']]))
      .thenRejected({ ...outOfRange, accountId: 'rich' })
      .when(transfer('poor', 'rich', '0.01'))
      .thenBalance('poor', '89999999999999999.99');
  });
});

describe('time', () => {
  it('lets a transaction count at most 60 seconds ahead of the clock', () => {
    const effectiveAt = '2026-03-31T12:01:00.001Z';
    given(open('alice'))
      .when(deposit('alice', '1.00', { effectiveAt }))
      .thenRejected({ code: 'EffectiveInFuture', effectiveAt, now: NOON })
      .when(deposit('alice', '1.00', { effectiveAt: '2026-03-31T12:01:00.000Z' }))
      .thenAnswered({ status: 'posted' });
  });

  it('bounds the past where the setting says so', () => {
    const effectiveNotBefore = '2026-03-01T00:00:00.000Z';
    const effectiveAt = '2026-02-28T23:59:59.999Z';
    given(open('alice'))
      .when(deposit('alice', '1.00', { effectiveAt, effectiveNotBefore }))
      .thenRejected({ code: 'EffectiveTooEarly', effectiveAt, earliest: effectiveNotBefore })
      .when(deposit('alice', '1.00', { effectiveAt: effectiveNotBefore, effectiveNotBefore }))
      .thenAnswered({ status: 'posted' });
  });

  it('holds nothing that could not be captured any more', () => {
    const soon = '2026-03-31T12:00:00.001Z';
    given(open('alice'), deposit('alice', '5.00', { transactionId: 'd1' }))
      .when(hold([['alice', '@shop', '1.00']], { expiresAt: NOON }))
      .thenRejected({ code: 'ExpiryInPast', expiresAt: NOON, now: NOON })
      .when(hold([['alice', '@shop', '1.00']], { expiresAt: soon }))
      .thenAnswered({ status: 'pending' })
      .when(
        hold([['alice', '@shop', '1.00']], { expiresAt: soon, now: '2026-03-31T13:00:00.000Z' }),
      )
      .thenReplayed();
  });

  it('goes by the account where that is ahead of the deciding clock', () => {
    const [now, expiresAt] = ['2026-03-31T11:00:00.000Z', '2026-03-31T11:30:00.000Z'];
    given(open('alice'), deposit('alice', '5.00', { transactionId: 'd1' }))
      .when(hold([['alice', '@shop', '1.00']], { expiresAt, now }))
      .thenRejected({ code: 'ExpiryInPast', expiresAt, now: NOON });
  });

  it('never goes back in a stream, whatever the deciding clock says', () => {
    const early = '2026-03-31T11:00:00.000Z';
    given(open('alice'), open('bob', 'EUR', { now: early }))
      .when(deposit('bob', '1.00', { now: early }))
      .thenTransaction('t1', { at: early })
      .when(transfer('bob', 'alice', '1.00', { now: early, transactionId: 't2' }))
      .thenTransaction('t2', { at: NOON });
  });
});

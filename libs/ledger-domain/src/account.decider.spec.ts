import { given } from './given/given.fixture';
import {
  change,
  close,
  deposit,
  freeze,
  hold,
  NOON,
  open,
  transfer,
  unfreeze,
  voidHold,
  withdraw,
} from './given/phrases.fixture';

const stream = 'account-alice';

describe('opening an account', () => {
  it('writes one event with the currency’s digits and the opening’s identity', () => {
    const command = open('alice', 'KRW', {
      ownerId: 'o-1',
      details: { name: 'Alice', metadata: { tier: 'gold' } },
    });
    given()
      .when(command)
      .thenWritten({
        stream,
        type: 'AccountOpened',
        data: {
          accountId: 'alice',
          currency: 'KRW',
          exponent: 0,
          overdraftLimit: '0',
          ownerId: 'o-1',
          personal: {
            subject: 'owner-o-1',
            enc: 'none',
            data: { name: 'Alice', metadata: { tier: 'gold' } },
          },
          identity: command.identity,
          at: NOON,
        },
      })
      .thenAnswered({ accountId: 'alice', status: 'open', currency: 'KRW', overdraftLimit: '0' });
  });

  it('answers the same opening as it did the first time, whatever happened since', () => {
    given(open('alice', 'EUR', { overdraftLimit: 500n }), freeze('alice'))
      .when(open('alice', 'EUR', { overdraftLimit: 500n }))
      .thenReplayed()
      .thenAnswered({ accountId: 'alice', status: 'open', overdraftLimit: '500' });
  });

  it('refuses another opening of the same account', () => {
    given(open('alice'))
      .when(open('alice', 'USD'))
      .thenRejected({ code: 'AccountAlreadyExists', accountId: 'alice' });
  });

  it('throws on a currency that the edge should have refused', () => {
    expect(() => given(open('alice', 'XXX'))).toThrow(/unknown currency/);
  });
});

describe('freezing and closing', () => {
  const at = NOON;

  it('freezes, changes the scope and unfreezes, writing only what changes', () => {
    given(open('alice'))
      .when(freeze('alice', 'debits'))
      .thenWritten({
        stream,
        type: 'AccountFrozen',
        data: { accountId: 'alice', scope: 'debits', at },
      })
      .thenAnswered({ status: 'frozen', scope: 'debits' })
      .when(freeze('alice', 'debits'))
      .thenUnchanged()
      .when(freeze('alice', 'all'))
      .thenTypes('AccountFrozen')
      .when(unfreeze('alice'))
      .thenWritten({ stream, type: 'AccountUnfrozen', data: { accountId: 'alice', at } })
      .thenAnswered({ status: 'open' })
      .when(unfreeze('alice'))
      .thenUnchanged();
  });

  it('closes an empty account, and then nothing else can be done to it', () => {
    const closed = { code: 'AccountClosed', accountId: 'alice' } as const;
    given(open('alice'))
      .when(close('alice'))
      .thenWritten({ stream, type: 'AccountClosed', data: { accountId: 'alice', at } })
      .thenAnswered({ status: 'closed' })
      .when(close('alice'))
      .thenUnchanged()
      .when(freeze('alice'))
      .thenRejected(closed)
      .when(unfreeze('alice'))
      .thenRejected(closed)
      .when(change('alice', { overdraftLimit: '1.00' }))
      .thenRejected(closed);
  });

  it('refuses to close an account with a balance, a hold or something incoming', () => {
    const empty = { code: 'AccountNotEmpty', currency: 'EUR' } as const;
    const none = { posted: '0.00', held: '0.00', incoming: '0.00' };
    given(open('alice'), open('bob'), open('carol', 'EUR', { overdraftLimit: 1000n }))
      .when(deposit('bob', '1.00'))
      .when(close('bob'))
      .thenRejected({ ...empty, accountId: 'bob', ...none, posted: '1.00' })
      .when(hold([['carol', 'alice', '2.00']]))
      .when(close('carol'))
      .thenRejected({ ...empty, accountId: 'carol', ...none, held: '2.00' })
      .when(close('alice'))
      .thenRejected({ ...empty, accountId: 'alice', ...none, incoming: '2.00' })
      .when(voidHold('v1'))
      .when(close('alice'))
      .thenAnswered({ status: 'closed' });
  });

  it.each([freeze('nobody'), unfreeze('nobody'), close('nobody'), change('nobody', {})])(
    'knows no account to $type',
    (command) => {
      given().when(command).thenRejected({ code: 'AccountNotFound', accountId: 'nobody' });
    },
  );
});

describe('changing an account', () => {
  it('writes the limits that change and the details that are given', () => {
    given(open('alice'))
      .when(
        change('alice', {
          overdraftLimit: '100',
          limits: { perDay: '50', minimumBalance: '-20.5', perTransaction: null },
          details: { name: 'Al', metadata: null },
        }),
      )
      .thenWritten(
        {
          stream,
          type: 'AccountLimitsChanged',
          data: {
            accountId: 'alice',
            overdraftLimit: '10000',
            limits: { perDay: '5000', minimumBalance: '-2050' },
            at: NOON,
          },
        },
        {
          stream,
          type: 'AccountDetailsChanged',
          data: {
            accountId: 'alice',
            personal: {
              subject: 'account-alice',
              enc: 'none',
              data: { name: 'Al', metadata: null },
            },
            at: NOON,
          },
        },
      )
      .thenAnswered({
        overdraftLimit: '10000',
        limits: { perTransaction: null, perDay: '5000', minimumBalance: '-2050' },
      })
      .when(change('alice', { overdraftLimit: '100.00', limits: { perDay: '50.0' } }))
      .thenUnchanged()
      .when(change('alice', { overdraftLimit: 'unlimited', limits: { perDay: null } }))
      .thenAnswered({ overdraftLimit: null, limits: { perDay: null } });
  });

  it.each([
    ['overdraftLimit', { overdraftLimit: '1.001' }, 'has more digits than the currency'],
    ['overdraftLimit', { overdraftLimit: '-1' }, 'must not be negative'],
    ['limits.perDay', { limits: { perDay: '-1' } }, 'must not be negative'],
    ['limits.perTransaction', { limits: { perTransaction: 'x' } }, 'is no decimal number'],
    [
      'limits.minimumBalance',
      { limits: { minimumBalance: '-10000000000000.01' } },
      'is beyond 10^15 minor units',
    ],
  ])('refuses a %s that the currency does not allow', (path, changes, message) => {
    given(open('alice'))
      .when(change('alice', changes))
      .thenRejected({ code: 'InvalidAmount', path, message });
  });

  it('refuses an overdraft limit below what is in use, but lets a debt be eased', () => {
    given(open('alice', 'EUR', { overdraftLimit: null }), withdraw('alice', '30.00'))
      .when(change('alice', { overdraftLimit: '29.99' }))
      .thenRejected({
        code: 'LimitExceeded',
        accountId: 'alice',
        limit: 'overdraftLimit',
        allowed: '30.00',
        amount: '29.99',
        currency: 'EUR',
      })
      .when(change('alice', { overdraftLimit: '30.00' }))
      .thenBalance('alice', '-30.00', '0.00', '0.00');
  });
});

describe('the limits of an account', () => {
  const limited = (limits: Parameters<typeof change>[1]['limits']) => [
    open('alice'),
    open('bob'),
    deposit('alice', '100.00', { transactionId: 'd1' }),
    change('alice', { limits }),
  ];
  const exceeded = (limit: string, allowed: string, amount: string) =>
    ({
      code: 'LimitExceeded',
      posting: 0,
      accountId: 'alice',
      limit,
      allowed,
      amount,
      currency: 'EUR',
    }) as const;

  it('bounds what one transaction takes, over all of its postings', () => {
    given(...limited({ perTransaction: '10.00' }))
      .when(withdraw('alice', '10.01'))
      .thenRejected(exceeded('perTransaction', '10.00', '10.01'))
      .when(withdraw('alice', '10.00'))
      .thenBalance('alice', '90.00')
      .when(withdraw('alice', '10.00', { transactionId: 't2' }))
      .thenBalance('alice', '80.00');
  });

  it('bounds what one UTC day takes, holds when they are placed, captures not again', () => {
    const late = '2026-03-31T23:59:59.999Z';
    given(...limited({ perDay: '10.00' }))
      .when(withdraw('alice', '4.00'))
      .when(hold([['alice', 'bob', '6.00']]))
      .when(withdraw('alice', '0.01', { transactionId: 't2', now: late }))
      .thenRejected(exceeded('perDay', '0.00', '0.01'))
      .when(withdraw('alice', '10.00', { transactionId: 't2', now: '2026-04-01T00:00:00.000Z' }))
      .thenBalance('alice', '86.00', '6.00')
      .when({ ...voidHold('v1'), now: '2026-04-01T00:00:00.000Z' })
      .thenBalance('alice', '86.00', '0.00');
  });

  it('counts a hold for its day also after it was voided', () => {
    given(...limited({ perDay: '10.00' }))
      .when(hold([['alice', 'bob', '6.00']]))
      .when(voidHold('v1'))
      .when(withdraw('alice', '4.01', { transactionId: 't2' }))
      .thenRejected(exceeded('perDay', '4.00', '4.01'));
  });

  it('keeps a minimum balance, holds counted', () => {
    given(...limited({ minimumBalance: '60.00' }))
      .when(hold([['alice', 'bob', '30.00']]))
      .when(withdraw('alice', '10.01'))
      .thenRejected(exceeded('minimumBalance', '10.00', '10.01'))
      .when(transfer('alice', 'bob', '10.00'))
      .thenBalance('alice', '90.00', '30.00');
  });
});

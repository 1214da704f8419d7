import { given } from './given/given.fixture';
import {
  capture,
  change,
  deposit,
  expire,
  freeze,
  hold,
  NOON,
  open,
  transfer,
  voidHold,
  withdraw,
} from './given/phrases.fixture';

const at = NOON;
const EXPIRES = '2026-03-31T13:00:00.000Z';
const JUST_BEFORE = '2026-03-31T12:59:59.999Z';

const funded = [open('alice'), open('bob'), deposit('alice', '10.00', { transactionId: 'd1' })];
const held = [...funded, hold([['alice', 'bob', '6.00']], { expiresAt: EXPIRES })];

const side = {
  posting: 0,
  currency: 'EUR',
  at,
};

describe('a pending transaction', () => {
  it('holds on one side, announces on the other, moves nothing', () => {
    const command = hold([['alice', 'bob', '6.00']], { expiresAt: EXPIRES });
    const leg = { ...side, transactionId: 'h1', kind: 'journal', amount: '600' };
    given(...funded)
      .when(command)
      .thenWritten(
        {
          stream: 'account-alice',
          type: 'HoldPlaced',
          data: {
            ...leg,
            accountId: 'alice',
            counterparty: 'bob',
            balanceAfter: '1000',
            heldAfter: '600',
          },
        },
        {
          stream: 'account-bob',
          type: 'IncomingPending',
          data: {
            ...leg,
            accountId: 'bob',
            counterparty: 'alice',
            balanceAfter: '0',
            heldAfter: '0',
            incomingAfter: '600',
          },
        },
        {
          stream: 'transaction-h1',
          type: 'TransactionPending',
          data: {
            transactionId: 'h1',
            kind: 'journal',
            postings: [{ from: 'alice', to: 'bob', amount: '600', currency: 'EUR' }],
            identity: command.identity,
            balances: [
              {
                accountId: 'alice',
                currency: 'EUR',
                posted: '1000',
                held: '600',
                available: '400',
              },
              { accountId: 'bob', currency: 'EUR', posted: '0', held: '0', available: '0' },
            ],
            expiresAt: EXPIRES,
            at,
          },
        },
      )
      .thenAnswered({ transactionId: 'h1', status: 'pending' });
  });

  it('leaves only the rest to be spent', () => {
    given(...held)
      .when(withdraw('alice', '4.01'))
      .thenRejected({
        code: 'InsufficientFunds',
        posting: 0,
        accountId: 'alice',
        available: '4.00',
        amount: '4.01',
        currency: 'EUR',
      })
      .when(withdraw('alice', '4.00'))
      .thenBalance('alice', '6.00', '6.00', '0.00');
  });
});

describe('a capture', () => {
  it('ends the hold and moves the money on both sides, as a transaction of its own', () => {
    const command = capture('c1');
    const leg = { ...side, transactionId: 'c1', kind: 'capture', amount: '600' };
    const alice = { ...leg, accountId: 'alice', counterparty: 'bob', heldAfter: '0' };
    const bob = { ...leg, accountId: 'bob', counterparty: 'alice', heldAfter: '0' };
    given(...held)
      .when(command)
      .thenWritten(
        {
          stream: 'account-alice',
          type: 'HoldReleased',
          data: { ...alice, balanceAfter: '1000', holdId: 'h1' },
        },
        {
          stream: 'account-bob',
          type: 'IncomingSettled',
          data: { ...bob, balanceAfter: '0', incomingAfter: '0', holdId: 'h1' },
        },
        {
          stream: 'account-alice',
          type: 'AccountDebited',
          data: { ...alice, balanceAfter: '400' },
        },
        { stream: 'account-bob', type: 'AccountCredited', data: { ...bob, balanceAfter: '600' } },
        {
          stream: 'transaction-h1',
          type: 'TransactionCaptured',
          data: { transactionId: 'h1', captureId: 'c1', amounts: ['600'], remaining: ['0'], at },
        },
        {
          stream: 'transaction-c1',
          type: 'TransactionPosted',
          data: {
            transactionId: 'c1',
            kind: 'capture',
            postings: [{ from: 'alice', to: 'bob', amount: '600', currency: 'EUR' }],
            identity: command.identity,
            balances: [
              { accountId: 'alice', currency: 'EUR', posted: '400', held: '0', available: '400' },
              { accountId: 'bob', currency: 'EUR', posted: '600', held: '0', available: '600' },
            ],
            at,
            refersTo: 'h1',
          },
        },
      )
      .thenAnswered({ transactionId: 'c1', status: 'posted', refersTo: 'h1' })
      .thenTransaction('h1', { status: 'captured', captures: ['c1'] });
  });

  it('may be partial, several times, up to what is held', () => {
    given(...held)
      .when(capture('c1', { only: '2.00' }))
      .thenBalance('alice', '8.00', '4.00', '4.00')
      .thenTransaction('h1', { status: 'pending', remaining: [400n] })
      .when(capture('c2', { only: '4.01' }))
      .thenRejected({
        code: 'CaptureExceedsHold',
        transactionId: 'h1',
        posting: 0,
        amount: '4.01',
        held: '4.00',
        currency: 'EUR',
      })
      .when(capture('c2', ['1.50']))
      .when(capture('c3'))
      .thenBalance('alice', '4.00', '0.00')
      .thenBalance('bob', '6.00')
      .thenTransaction('h1', { status: 'captured', captures: ['c1', 'c2', 'c3'] })
      .when(capture('c4'))
      .thenRejected({
        code: 'TransactionNotPending',
        transactionId: 'h1',
        transactionStatus: 'captured',
      });
  });

  const both = hold([
    ['alice', 'bob', '3.00'],
    ['alice', '@bank', '2.00'],
  ]);

  it('names an amount for each of several postings, zero for some', () => {
    given(...funded, both)
      .when(capture('c1', ['0', '1.50']))
      .thenTypes('HoldReleased', 'AccountDebited', 'TransactionCaptured', 'TransactionPosted')
      .thenBalance('alice', '8.50', '3.50')
      .thenTransaction('h1', { status: 'pending', remaining: [300n, 50n] })
      .when(capture('c2'))
      .thenBalance('alice', '5.00', '0.00')
      .thenBalance('bob', '3.00');
  });

  it('refuses amounts that do not fit the postings', () => {
    const message = 'the transaction has 2 postings: name an amount for each';
    given(...funded, both)
      .when(capture('c1', { only: '1.00' }))
      .thenRejected({ code: 'InvalidRequest', path: 'amount', message })
      .when(capture('c1', ['1.00', '1.00', '1.00']))
      .thenRejected({ code: 'InvalidRequest', path: 'amounts', message })
      .when(capture('c1', ['0', '0.00']))
      .thenRejected({ code: 'InvalidAmount', path: 'amounts', message: 'is zero' })
      .when(capture('c1', ['1.00', '1.001']))
      .thenRejected({
        code: 'InvalidAmount',
        path: 'amounts.1',
        message: 'is no amount of EUR: over-precise',
      })
      .when(capture('c1', ['1.00', '-1']))
      .thenRejected({
        code: 'InvalidAmount',
        path: 'amounts.1',
        message: 'is no amount of EUR: out of bounds',
      });
  });

  it('is refused from expiresAt on, also while no expiry is recorded', () => {
    given(...held)
      .when(capture('c1', { only: '1.00' }, { now: JUST_BEFORE }))
      .thenAnswered({ status: 'posted' })
      .when(capture('c2', 'rest', { now: EXPIRES }))
      .thenRejected({
        code: 'TransactionNotPending',
        transactionId: 'h1',
        transactionStatus: 'pending',
        expiresAt: EXPIRES,
      })
      .thenBalance('alice', '9.00', '5.00');
  });

  it('needs no funds besides the hold, and no limit stops it', () => {
    given(
      ...held,
      withdraw('alice', '4.00'),
      change('alice', { limits: { perTransaction: '0', perDay: '0', minimumBalance: '9.00' } }),
    )
      .when(capture('c1'))
      .thenBalance('alice', '0.00', '0.00', '0.00');
  });

  it('is refused while either account is frozen for it', () => {
    given(...held, freeze('bob'))
      .when(capture('c1'))
      .thenRejected({ code: 'AccountFrozen', posting: 0, accountId: 'bob', scope: 'all' });
  });

  it('knows no transaction that does not exist', () => {
    given().when(capture('c1')).thenRejected({ code: 'TransactionNotFound', transactionId: 'h1' });
  });

  it('cannot be of what was posted at once', () => {
    given(...funded)
      .when(capture('c1', 'rest', { originalId: 'd1' }))
      .thenRejected({
        code: 'TransactionNotPending',
        transactionId: 'd1',
        transactionStatus: 'posted',
      });
  });
});

describe('a void', () => {
  it('frees what is still held, with a record that has no postings', () => {
    given(...held, capture('c1', { only: '2.00' }))
      .when(voidHold('v1'))
      .thenTypes('HoldReleased', 'IncomingSettled', 'TransactionVoided', 'TransactionPosted')
      .thenAnswered({ transactionId: 'v1', status: 'posted', refersTo: 'h1' })
      .thenBalance('alice', '8.00', '0.00', '8.00')
      .thenTransaction('v1', { kind: 'void', postings: [] })
      .thenTransaction('h1', { status: 'voided', remaining: [0n] });
  });

  it('ends the hold for good', () => {
    const ended = {
      code: 'TransactionNotPending',
      transactionId: 'h1',
      transactionStatus: 'voided',
    } as const;
    given(...held, voidHold('v1'))
      .when(capture('c1'))
      .thenRejected(ended)
      .when(voidHold('v2'))
      .thenRejected(ended)
      .when(expire('e1', { now: EXPIRES }))
      .thenRejected(ended);
  });

  it('is possible on frozen accounts, and past expiresAt while no expiry is recorded', () => {
    given(...held, freeze('alice'), freeze('bob'))
      .when(voidHold('v1', { now: '2027-01-01T00:00:00.000Z' }))
      .thenBalance('alice', '10.00', '0.00');
  });
});

describe('an expiry', () => {
  it('is refused before its time, and for a hold without one', () => {
    given(...held)
      .when(expire('e1', { now: JUST_BEFORE }))
      .thenRejected({ code: 'TransactionNotExpired', transactionId: 'h1', expiresAt: EXPIRES });
    given(...funded, hold([['alice', 'bob', '6.00']]))
      .when(expire('e1', { now: '2099-01-01T00:00:00.000Z' }))
      .thenRejected({ code: 'TransactionNotExpired', transactionId: 'h1' });
  });

  it('returns the funds once it is recorded', () => {
    given(...held)
      .when(transfer('alice', 'bob', '5.00', { now: EXPIRES }))
      .thenRejected({
        code: 'InsufficientFunds',
        posting: 0,
        accountId: 'alice',
        available: '4.00',
        amount: '5.00',
        currency: 'EUR',
      })
      .when(expire('e1', { now: EXPIRES }))
      .thenTypes('HoldReleased', 'IncomingSettled', 'TransactionExpired', 'TransactionPosted')
      .thenTransaction('e1', { kind: 'expiry', postings: [] })
      .thenTransaction('h1', { status: 'expired' })
      .thenBalance('alice', '10.00', '0.00', '10.00');
  });
});

describe('what settles a held adjustment keeps its own kind', () => {
  const adjusting = [
    ...funded,
    change('alice', { limits: { perDay: '6.00' } }),
    hold([['alice', '@adjustment', '6.00']], { expiresAt: EXPIRES }),
  ];

  it('a capture, which is not counted to the day again', () => {
    given(...adjusting)
      .when(capture('c1', { only: '4.00' }))
      .thenTransaction('h1', { kind: 'adjustment' })
      .thenTransaction('c1', { kind: 'capture' })
      .when(capture('c2'))
      .thenTransaction('c2', { kind: 'capture' })
      .thenBalance('alice', '4.00', '0.00');
  });

  it('a void and an expiry', () => {
    given(...adjusting)
      .when(voidHold('v1'))
      .thenTransaction('v1', { kind: 'void' });
    given(...adjusting)
      .when(expire('e1', { now: EXPIRES }))
      .thenTransaction('e1', { kind: 'expiry' });
  });
});

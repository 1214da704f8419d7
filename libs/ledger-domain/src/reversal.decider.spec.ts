import { given } from './given/given.fixture';
import {
  capture,
  change,
  close,
  deposit,
  freeze,
  hold,
  journal,
  NOON,
  open,
  reverse,
  transfer,
  voidHold,
  withdraw,
} from './given/phrases.fixture';

const accounts = [open('alice'), open('bob'), open('carol')];

describe('a reversal', () => {
  it('writes opposite postings, the last one first, linked to the original', () => {
    const command = reverse('r1', 't1', { details: { reference: 'refund' } });
    given(
      ...accounts,
      journal([
        ['@bank', 'alice', '9.00'],
        ['alice', 'bob', '9.00'],
      ]),
    )
      .when(command)
      .thenTypes(
        'AccountDebited',
        'AccountCredited',
        'AccountDebited',
        'TransactionReversed',
        'TransactionPosted',
      )
      .thenAnswered({ transactionId: 'r1', status: 'posted', refersTo: 't1' })
      .thenTransaction('t1', { status: 'reversed', reversalId: 'r1' })
      .thenTransaction('r1', {
        kind: 'reversal',
        postings: [
          { from: 'bob', to: 'alice', amount: '900', currency: 'EUR' },
          { from: 'alice', to: '@bank', amount: '900', currency: 'EUR' },
        ],
      })
      .thenBalance('alice', '0.00')
      .thenBalance('bob', '0.00');
  });

  it('happens once', () => {
    given(...accounts, deposit('alice', '5.00'), reverse('r1', 't1'))
      .when(reverse('r2', 't1'))
      .thenRejected({ code: 'AlreadyReversed', transactionId: 't1', reversalId: 'r1' });
  });

  it('can itself be reversed, once', () => {
    given(...accounts, deposit('alice', '5.00'), reverse('r1', 't1'))
      .when(reverse('r2', 'r1'))
      .thenBalance('alice', '5.00')
      .when(reverse('r3', 'r1'))
      .thenRejected({ code: 'AlreadyReversed', transactionId: 'r1', reversalId: 'r2' });
  });

  it('obeys the balance rules', () => {
    given(...accounts, deposit('alice', '5.00'), withdraw('alice', '3.00', { transactionId: 't2' }))
      .when(reverse('r1', 't1'))
      .thenRejected({
        code: 'InsufficientFunds',
        posting: 0,
        accountId: 'alice',
        available: '2.00',
        amount: '5.00',
        currency: 'EUR',
      });
    given(
      ...accounts,
      deposit('alice', '5.00'),
      change('alice', { limits: { minimumBalance: '1.00' } }),
    )
      .when(reverse('r1', 't1'))
      .thenRejected({
        code: 'LimitExceeded',
        posting: 0,
        accountId: 'alice',
        limit: 'minimumBalance',
        allowed: '4.00',
        amount: '5.00',
        currency: 'EUR',
      });
  });

  it('is not spending: limits per transaction and day do not bound it', () => {
    const limits = { perTransaction: '1.00', perDay: '1.00' };
    given(...accounts, deposit('alice', '5.00'), change('alice', { limits }))
      .when(reverse('r1', 't1'))
      .thenBalance('alice', '0.00');
  });

  it('goes past the balance rules when it is forced, and says why', () => {
    const command = reverse('r1', 't1', { forced: { reason: 'fraud case 7' } });
    const balance = {
      accountId: 'alice',
      currency: 'EUR',
      posted: '-300',
      held: '0',
      available: '-300',
    };
    given(...accounts, deposit('alice', '5.00'), withdraw('alice', '3.00', { transactionId: 't2' }))
      .when(command)
      .thenWritten(
        {
          stream: 'account-alice',
          type: 'AccountDebited',
          data: {
            accountId: 'alice',
            transactionId: 'r1',
            posting: 0,
            kind: 'reversal',
            counterparty: '@cash',
            amount: '500',
            currency: 'EUR',
            balanceAfter: '-300',
            heldAfter: '0',
            at: NOON,
          },
        },
        {
          stream: 'transaction-t1',
          type: 'TransactionReversed',
          data: { transactionId: 't1', reversalId: 'r1', at: NOON },
        },
        {
          stream: 'transaction-r1',
          type: 'TransactionPosted',
          data: {
            transactionId: 'r1',
            kind: 'reversal',
            postings: [{ from: 'alice', to: '@cash', amount: '500', currency: 'EUR' }],
            personal: {
              subject: 'account-alice',
              enc: 'none',
              data: { reason: 'fraud case 7' },
            },
            identity: command.identity,
            balances: [balance],
            refersTo: 't1',
            forced: true,
            at: NOON,
          },
        },
      );
  });

  it('says why, too, when it obeys the balance rules', () => {
    const command = reverse('r1', 't1', { details: { reason: 'sent twice' } });
    const personal = { subject: 'account-alice', enc: 'none', data: { reason: 'sent twice' } };
    given(...accounts, deposit('alice', '5.00'))
      .when(command)
      .thenWritten(
        expect.anything(),
        expect.anything(),
        expect.objectContaining({ data: expect.objectContaining({ personal }) }),
      );
  });

  it('is refused on frozen and closed accounts even when it is forced', () => {
    const forced = { forced: { reason: 'because' } };
    given(...accounts, deposit('alice', '5.00'), freeze('alice', 'debits'))
      .when(reverse('r1', 't1', forced))
      .thenRejected({ code: 'AccountFrozen', posting: 0, accountId: 'alice', scope: 'debits' });
    given(
      ...accounts,
      deposit('alice', '5.00'),
      transfer('alice', 'bob', '5.00', { transactionId: 't2' }),
      close('alice'),
    )
      .when(reverse('r1', 't2', forced))
      .thenRejected({ code: 'AccountClosed', posting: 0, accountId: 'alice' });
  });
});

describe('what cannot be reversed', () => {
  const held = [...accounts, deposit('alice', '5.00'), hold([['alice', 'bob', '5.00']])];
  const refused = { code: 'TransactionNotPosted', transactionId: 'h1', captures: [] } as const;

  it('is what is pending or voided: nothing moved', () => {
    given(...held)
      .when(reverse('r1', 'h1'))
      .thenRejected({ ...refused, transactionStatus: 'pending' })
      .when(voidHold('v1'))
      .when(reverse('r1', 'h1'))
      .thenRejected({ ...refused, transactionStatus: 'voided' })
      .when(reverse('r1', 'v1'))
      .thenRejected({ ...refused, transactionId: 'v1', transactionStatus: 'posted' });
  });

  it('is what was captured: its captures are reversed, each by itself', () => {
    given(...held, capture('c1', { only: '2.00' }), capture('c2'))
      .when(reverse('r1', 'h1'))
      .thenRejected({ ...refused, transactionStatus: 'captured', captures: ['c1', 'c2'] })
      .when(reverse('r1', 'c1'))
      .thenBalance('alice', '2.00')
      .thenBalance('bob', '3.00')
      .thenTransaction('c1', { status: 'reversed' })
      .thenTransaction('h1', { status: 'captured' });
  });

  it('is what does not exist', () => {
    given()
      .when(reverse('r1', 'none'))
      .thenRejected({ code: 'TransactionNotFound', transactionId: 'none' });
  });
});

it('keeps its own kind when it undoes an adjustment, and is not counted as spending', () => {
  given(...accounts, deposit('alice', '5.00', { transactionId: 'd1' }))
    .when(journal([['@adjustment', 'alice', '3.00']]))
    .thenTransaction('t1', { kind: 'adjustment' })
    .when(change('alice', { limits: { perTransaction: '1.00', perDay: '1.00' } }))
    .when(reverse('r1', 't1'))
    .thenTransaction('r1', { kind: 'reversal' })
    .thenBalance('alice', '5.00');
});

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
  unfreeze,
  withdraw,
} from './given/phrases.fixture';

const reused = { code: 'IdempotencyKeyReused' } as const;

describe('a transaction’s id', () => {
  it('answers the same command again from its record alone', () => {
    given(open('alice'))
      .when(deposit('alice', '5.00'))
      .when(withdraw('alice', '5.00', { transactionId: 't2' }))
      .when(freeze('alice'))
      .when(deposit('alice', '5.00', { now: '2026-05-01T00:00:00.000Z' }))
      .thenReplayed()
      .thenAnswered({
        transactionId: 't1',
        status: 'posted',
        balances: [{ posted: '500', available: '500' }],
      });
  });

  it('answers a pending one as pending, whatever became of it', () => {
    const holding = hold([['alice', '@bank', '1.00']]);
    given(open('alice'), deposit('alice', '5.00'), holding, capture('c1'))
      .when(holding)
      .thenReplayed()
      .thenAnswered({ transactionId: 'h1', status: 'pending', balances: [{ held: '100' }] })
      .when(capture('c1'))
      .thenReplayed()
      .thenAnswered({ transactionId: 'c1', refersTo: 'h1' });
  });

  it.each([
    deposit('alice', '5.01'),
    withdraw('alice', '5.00'),
    deposit('alice', '5.00', { effectiveAt: NOON }),
    capture('t1'),
    reverse('t1', 't1'),
  ])('refuses other content: %#', (command) => {
    given(open('alice'), deposit('alice', '5.00')).when(command).thenRejected(reused);
  });

  it('refuses the same content of another caller', () => {
    const command = deposit('alice', '5.00');
    const identity = { ...command.identity, caller: 'other' };
    given(open('alice'), command)
      .when({ ...command, identity })
      .thenRejected(reused);
  });

  it('is free again after a refusal: only effects are remembered', () => {
    given(open('alice'))
      .when(withdraw('alice', '5.00'))
      .when(deposit('alice', '5.00'))
      .thenAnswered({ transactionId: 't1', status: 'posted' });
  });
});

describe('a key', () => {
  const requestId = '_k1';

  it('of a command to an account is remembered with its answer', () => {
    const command = freeze('alice', 'all', { requestId });
    given(open('alice'))
      .when(command)
      .thenWritten(
        {
          stream: 'account-alice',
          type: 'AccountFrozen',
          data: { accountId: 'alice', scope: 'all', at: NOON },
        },
        {
          stream: 'request-_k1',
          type: 'CommandAccepted',
          data: {
            requestId,
            operation: 'freezeAccount',
            identity: command.identity,
            answer: {
              accountId: 'alice',
              status: 'frozen',
              currency: 'EUR',
              overdraftLimit: '0',
              scope: 'all',
              limits: { perTransaction: null, perDay: null, minimumBalance: null },
            },
            at: NOON,
          },
        },
      )
      .when(unfreeze('alice'))
      .when(command)
      .thenReplayed()
      .thenAnswered({ status: 'frozen' });
  });

  it('is remembered also where the account was already so: a retry must not freeze later', () => {
    const command = freeze('alice', 'all', { requestId });
    given(open('alice'), freeze('alice'))
      .when(command)
      .thenTypes('CommandAccepted')
      .when(unfreeze('alice'))
      .when(command)
      .thenReplayed()
      .when(deposit('alice', '1.00'))
      .thenAnswered({ status: 'posted' });
  });

  it.each([
    close('alice', { requestId }),
    freeze('alice', 'debits', { requestId }),
    change('alice', { overdraftLimit: '1.00', requestId }),
    open('bob', 'EUR', { requestId }),
    deposit('alice', '1.00', { transactionId: requestId, keyed: true }),
  ])('names one command only: refuses a second one, %#', (command) => {
    given(open('alice'), freeze('alice', 'all', { requestId }))
      .when(command)
      .thenRejected(reused);
  });

  it('of a transaction cannot name a command to an account', () => {
    given(open('alice'), deposit('alice', '1.00', { transactionId: requestId, keyed: true }))
      .when(freeze('alice', 'all', { requestId }))
      .thenRejected(reused);
  });

  it('opens an account once, also when the account was opened without it', () => {
    given(open('alice', 'EUR', { requestId }))
      .when(open('alice', 'EUR', { requestId }))
      .thenReplayed()
      .when(open('alice'))
      .thenReplayed()
      .when(open('alice', 'EUR', { requestId: '_k2' }))
      .thenReplayed()
      .when(open('alice', 'USD', { requestId: '_k3' }))
      .thenRejected({ code: 'AccountAlreadyExists', accountId: 'alice' });
  });
});

describe('an id that is used for something else as well', () => {
  it('does not matter: an unkeyed id and a request’s id are apart', () => {
    given(open('alice'), open('bob'), freeze('bob', 'debits', { requestId: 'same' }))
      .when(journal([['@bank', 'alice', '2.00']], { transactionId: 'same' }))
      .thenAnswered({ transactionId: 'same' })
      .when(transfer('alice', 'bob', '2.00'))
      .thenBalance('bob', '2.00');
  });
});

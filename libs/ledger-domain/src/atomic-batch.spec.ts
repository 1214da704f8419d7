import { atomicBatch } from './atomic-batch';
import type { LedgerCommand } from './commands';
import { MemoryLedger } from './given/memory-ledger.fixture';
import { capture, deposit, freeze, hold, open, transfer, withdraw } from './given/phrases.fixture';
import { operationOf } from './operation-of';

const batch = (...commands: readonly LedgerCommand[]) => atomicBatch(commands.map(operationOf));

const whole = batch(
  open('alice'),
  open('bob'),
  deposit('alice', '10.00', { transactionId: 'd1' }),
  hold([['alice', 'bob', '4.00']]),
  capture('c1', { only: '3.00' }),
  transfer('alice', 'bob', '6.00'),
);

it('decides each command on the state that the one before it left', () => {
  const ledger = new MemoryLedger();
  const decision = ledger.run(whole);
  expect(decision).toMatchObject({
    outcome: 'accepted',
    answer: {
      items: [
        { outcome: 'accepted', answer: { accountId: 'alice' } },
        { answer: { accountId: 'bob' } },
        { answer: { transactionId: 'd1' } },
        { answer: { transactionId: 'h1', status: 'pending' } },
        { answer: { transactionId: 'c1', refersTo: 'h1' } },
        {
          answer: {
            balances: [
              { accountId: 'alice', posted: '100', held: '100', available: '0' },
              { accountId: 'bob', posted: '900', held: '0' },
            ],
          },
        },
      ],
    },
  });
});

it('claims the identities of all its commands and reads what exists already', () => {
  expect(whole.claims).toEqual([
    'account-alice',
    'account-bob',
    'transaction-d1',
    'transaction-h1',
    'transaction-c1',
    'transaction-t1',
  ]);
  expect(batch(transfer('alice', 'bob', '1.00')).reads(() => undefined)).toEqual([
    'account-alice',
    'account-bob',
  ]);
});

it('writes nothing when one command is refused, and names it', () => {
  const ledger = new MemoryLedger();
  const refused = batch(
    open('alice'),
    deposit('alice', '1.00'),
    withdraw('alice', '1.01', { transactionId: 't2' }),
  );
  expect(ledger.run(refused)).toMatchObject({
    outcome: 'refused',
    index: 2,
    rejection: { code: 'InsufficientFunds' },
  });
  expect(ledger.log).toEqual([]);
});

it('answers a repeat of the whole batch from what was stored', () => {
  const ledger = new MemoryLedger();
  ledger.run(whole);
  const before = ledger.log.length;
  expect(ledger.run(whole)).toMatchObject({
    outcome: 'replayed',
    answer: { items: { length: 6 } },
  });
  expect(ledger.log).toHaveLength(before);
});

it('applies what is new beside what is a repeat', () => {
  const ledger = new MemoryLedger();
  ledger.run(batch(open('alice'), deposit('alice', '1.00')));
  const mixed = batch(deposit('alice', '1.00'), withdraw('alice', '1.00', { transactionId: 't2' }));
  expect(ledger.run(mixed)).toMatchObject({
    outcome: 'accepted',
    answer: { items: [{ outcome: 'replayed' }, { outcome: 'accepted', changed: true }] },
  });
});

it('writes nothing when everything is already so', () => {
  const ledger = new MemoryLedger();
  ledger.run(batch(open('alice'), freeze('alice')));
  expect(ledger.run(batch(freeze('alice')))).toMatchObject({ outcome: 'unchanged' });
});

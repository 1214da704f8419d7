import { MemoryLedger } from './given/memory-ledger.fixture';
import { capture, deposit, hold, open, transfer, withdraw } from './given/phrases.fixture';
import type { LedgerState } from './operation';
import { operationOf } from './operation-of';
import { runnable, type LoadedStates } from './runnable';

const ledger = new MemoryLedger();
for (const command of [
  open('alice'),
  deposit('alice', '5.00'),
  hold([['alice', '@bank', '1.00']]),
]) {
  ledger.run(operationOf(command));
}

/** Has only these streams, and refuses to show any other. */
function loaded(...streams: readonly string[]): LoadedStates {
  const states = new Map<string, LedgerState | undefined>(
    streams.map((stream) => [stream, ledger.read(stream)]),
  );
  return {
    has: (stream) => states.has(stream),
    get: (stream) => {
      if (!states.has(stream)) throw new Error(`not loaded: ${stream}`);
      return states.get(stream);
    },
  };
}

it('names what it reads and what must not exist', () => {
  const command = runnable(operationOf(transfer('alice', 'bob', '1.00', { keyed: true })));
  expect(command.reads).toEqual(['account-alice', 'account-bob']);
  expect(command.absent).toEqual(['transaction-t1', 'request-t1']);
});

it('asks for the accounts of an original once it is loaded', () => {
  const command = runnable(operationOf(capture('c1')));
  expect(command.reads).toEqual(['transaction-h1']);
  const first = command.decide(loaded('transaction-h1', 'transaction-c1'));
  expect(first).toEqual({ kind: 'needs', streams: ['account-alice'] });
  const second = command.decide(loaded('transaction-h1', 'transaction-c1', 'account-alice'));
  expect(second).toMatchObject({
    kind: 'append',
    events: [
      { stream: 'account-alice', event: { type: 'HoldReleased' } },
      { stream: 'account-alice', event: { type: 'AccountDebited' } },
      { stream: 'transaction-h1' },
      { stream: 'transaction-c1' },
    ],
    answer: { outcome: 'accepted', changed: true, answer: { transactionId: 'c1' } },
  });
});

it('does not recall an opening under another key: that key may name something else', () => {
  const under = (requestId?: string) =>
    runnable(operationOf(open('alice', 'EUR', requestId === undefined ? {} : { requestId })));
  expect(under().decide(loaded('account-alice')).kind).toBe('recall');
  const streams = ['account-alice', 'request-k9', 'transaction-k9'];
  expect(under('k9').decide(loaded(...streams))).toMatchObject({
    kind: 'report',
    answer: { outcome: 'replayed' },
  });
});

it('recalls a repeat, reports a refusal, and in a dry run reports what would be', () => {
  const repeat = runnable(operationOf(deposit('alice', '5.00')));
  expect(repeat.decide(loaded('account-alice', 'transaction-t1')).kind).toBe('recall');
  const more = withdraw('alice', '4.01', { transactionId: 't2' });
  expect(
    runnable(operationOf(more)).decide(loaded('account-alice', 'transaction-t2')),
  ).toMatchObject({
    kind: 'report',
    answer: { outcome: 'refused', rejection: { code: 'InsufficientFunds' } },
  });
  const enough = withdraw('alice', '4.00', { transactionId: 't2' });
  const dry = runnable(operationOf(enough), true);
  expect(dry.decide(loaded('account-alice', 'transaction-t2'))).toMatchObject({
    kind: 'report',
    answer: { outcome: 'accepted', answer: { balances: [{ posted: '100' }] } },
  });
});

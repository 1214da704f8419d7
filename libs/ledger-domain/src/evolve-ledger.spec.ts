import { UnreadableEvent, type LedgerEvent } from '@daybook/ledger-contracts';
import { evolveLedger } from './evolve-ledger';
import { MemoryLedger } from './given/memory-ledger.fixture';
import { deposit, freeze, open } from './given/phrases.fixture';
import { operationOf } from './operation-of';

const ledger = new MemoryLedger();
for (const command of [open('alice', 'EUR', { requestId: 'r1' }), deposit('alice', '1.00')]) {
  ledger.run(operationOf(command));
}
const account = ledger.read('account-alice');
const transaction = ledger.read('transaction-t1');
const request = ledger.read('request-r1');

const at = '2026-03-31T12:00:00.000Z';
const eventOf = (type: string): LedgerEvent => {
  const found = [
    open('bob', 'EUR', { requestId: 'r2' }),
    deposit('alice', '2.00', { transactionId: 't2' }),
  ]
    .flatMap((command) => {
      const decision = ledger.decide(operationOf(command));
      return decision.outcome === 'accepted' ? decision.records : [];
    })
    .find((record) => record.type === type);
  if (!found) throw new Error(`no ${type} among the samples`);
  return found;
};
const closed: LedgerEvent = { type: 'AccountClosed', data: { accountId: 'alice', at } };
const voided: LedgerEvent = {
  type: 'TransactionVoided',
  data: { transactionId: 't1', voidId: 'v1', at },
};

it.each([
  ['an opening of what is open', account, eventOf('AccountOpened')],
  ['an account’s event before it is open', undefined, closed],
  ['an account’s event in a transaction', transaction, closed],
  ['an account’s event in a request', request, closed],
  ['a second record of a transaction', transaction, eventOf('TransactionPosted')],
  ['a transaction’s event before its record', undefined, voided],
  ['a transaction’s event in an account', account, voided],
  ['a second record of a request', request, eventOf('CommandAccepted')],
  [
    'a type that nobody knows',
    account,
    { ...closed, type: 'AccountMerged' } as unknown as LedgerEvent,
  ],
])('fails closed on %s', (_, state, event) => {
  expect(() => evolveLedger(state, event)).toThrow(UnreadableEvent);
});

it('takes an event where it belongs', () => {
  expect(evolveLedger(account, closed)).toMatchObject({ of: 'account', status: 'closed' });
  const frozen = ledger.decide(operationOf(freeze('alice')));
  expect(frozen.outcome).toBe('accepted');
});

import { encodeAccount } from './account-snapshot';
import type { AccountState } from './account-state';
import { MemoryLedger } from './given/memory-ledger.fixture';
import { change, freeze, hold, journal, open, type Move } from './given/phrases.fixture';
import type { LedgerState } from './operation';
import { operationOf } from './operation-of';
import { ledgerModel } from './stream-model';

const ledger = new MemoryLedger();
for (const command of [
  open('alice', 'EUR', { overdraftLimit: null, ownerId: 'o-1' }),
  open('bob', 'KRW', { overdraftLimit: 5n }),
  hold([['alice', '@bank', '7.00']]),
  change('alice', { limits: { perDay: '900', minimumBalance: '-10' } }),
  freeze('alice', 'debits'),
]) {
  ledger.run(operationOf(command));
}
const { snapshots } = ledgerModel;

it.each(['alice', 'bob'])('keeps %s in a snapshot through JSON and back', (accountId) => {
  const state = ledger.read(`account-${accountId}`) as AccountState;
  const stored: unknown = JSON.parse(JSON.stringify(snapshots.encode(state)));
  expect(snapshots.decode(stored)).toEqual(state);
});

it.each(['alice', 'bob'])('keeps %s in memory as a text', (accountId) => {
  const state = ledger.read(`account-${accountId}`) as AccountState;
  const text = ledgerModel.packing.pack(state) ?? '';
  expect(ledgerModel.packing.unpack(text)).toEqual(state);
});

it('keeps other streams in memory as they are', () => {
  const state = ledger.read('transaction-h1') as LedgerState;
  expect(ledgerModel.packing.pack(state)).toBeUndefined();
});

it('keeps the very state of this version: another shape needs another version', () => {
  expect(snapshots.version).toBe(1);
  expect(encodeAccount(ledger.read('account-alice') as AccountState)).toMatchInlineSnapshot(`
    {
      "accountId": "alice",
      "at": "2026-03-31T12:00:00.000Z",
      "currency": "EUR",
      "day": "2026-03-31",
      "dayTotal": "700",
      "exponent": 2,
      "held": "700",
      "incoming": "0",
      "limits": {
        "minimumBalance": "-1000",
        "perDay": "90000",
        "perTransaction": null,
      },
      "of": "account",
      "openedOverdraftLimit": null,
      "opening": {
        "caller": "public",
        "digest": "[1,"openAccount",{"accountId":"alice","currency":"EUR","overdraftLimit":null,"ownerId":"o-1","type":"openAccount"}]",
        "digestVersion": 1,
      },
      "overdraftLimit": null,
      "ownerId": "o-1",
      "posted": "0",
      "scope": "debits",
      "status": "frozen",
    }
  `);
});

it('has snapshots of accounts only', () => {
  expect(snapshots.streamOf('account-alice')).toBe('snapshot-account-alice');
  expect(snapshots.streamOf('transaction-h1')).toBeUndefined();
  const transaction = ledger.read('transaction-h1');
  expect(() => transaction && snapshots.encode(transaction)).toThrow(/only accounts/);
});

it.each([
  ['nothing', null],
  ['an amount missing', { posted: undefined }],
  ['a number for an amount', { posted: 5 }],
  ['no status', { status: 'gone' }],
  ['no digits', { exponent: '2' }],
  ['no identity', { opening: {} }],
  ['no limits', { limits: null }],
])('throws on a broken snapshot: %s', (_, broken) => {
  const stored = snapshots.encode(ledger.read('account-alice') as AccountState);
  expect(() => snapshots.decode(broken === null ? null : { ...stored, ...broken })).toThrow();
});

it('weighs a transaction by its postings, so that large ones fill a cache sooner', () => {
  const moves = Array.from({ length: 1000 }, (): Move => ['@bank', 'bob', '1', 'KRW']);
  const many = new MemoryLedger();
  many.run(operationOf(open('bob', 'KRW')));
  many.run(operationOf(journal(moves)));
  const state = many.read('transaction-t1');
  expect(state && ledgerModel.weigh(state)).toBeGreaterThan(300_000);
});

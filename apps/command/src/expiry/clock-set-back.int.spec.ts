import { createCommandRunner, type LogPosition } from '@daybook/event-store';
import type { LedgerCommand } from '@daybook/ledger-domain';
import { createLogger } from '@daybook/platform';
import { FaultyEventStore, InMemoryEventStore } from '@daybook/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf } from '../edge/digest';
import { Ledger } from '../ledger/ledger';
import { serviceModel } from '../receipts/receipt-model';
import { HoldExpiry } from './hold-expiry';

const HOUR_MS = 3_600_000;
const EXPIRES_IN_MS = 500;

it('expires what is due by a clock that was set back after a failure', async () => {
  const memory = new InMemoryEventStore();
  const faults = new FaultyEventStore(memory);
  const ledger = new Ledger(createCommandRunner({ store: memory, model: serviceModel }));
  const expiresAt = await holdFor(ledger);
  let aheadMs = HOUR_MS;
  const runner = createCommandRunner({
    store: faults,
    model: serviceModel,
    settings: { readRetriesMax: 0 },
  });
  const expiry = new HoldExpiry({
    store: {
      append: (records, checks) => memory.append(records, checks),
      readStream: (stream, from, limit) => memory.readStream(stream, from, limit),
      readLast: (stream) => memory.readLast(stream),
      followTypes: (position: LogPosition, _types, signal) =>
        memory.follow(position, ['transaction-'], signal),
    },
    ledger: new Ledger(runner),
    logger: createLogger('command', 'fatal'),
    now: () => new Date(Date.now() + aheadMs),
  });
  faults.down = true;
  expiry.start();
  while (faults.reads === 0) await pause(10);
  await pause(10);
  aheadMs = 0;
  faults.down = false;
  while ((await memory.readLast('transaction-hold'))?.type !== 'TransactionExpired') {
    if (Date.now() > expiresAt + 10_000) throw new Error('the hold did not expire');
    await pause(50);
  }
  await expiry.stop();
});

/** An account and a hold on it that is over soon; answers with when. */
async function holdFor(ledger: Ledger): Promise<number> {
  const expiresMs = Date.now() + EXPIRES_IN_MS;
  const posting = { from: '@cash', to: 'alice', amount: 100n, currency: 'EUR' };
  await send(ledger, {
    ...{ type: 'openAccount', accountId: 'alice', currency: 'EUR', overdraftLimit: 0n },
    ...stamp('alice'),
  });
  await send(ledger, {
    ...{ type: 'transact', kind: 'deposit', postings: [posting], keyed: false },
    ...{ transactionId: 'hold', pending: { expiresAt: new Date(expiresMs).toISOString() } },
    ...stamp('hold'),
  });
  return expiresMs;
}

const stamp = (id: string) => ({
  now: new Date().toISOString(),
  identity: identityOf('test', id, {}),
});

async function send(ledger: Ledger, command: LedgerCommand): Promise<void> {
  const { now, identity } = command;
  const context = { keyId: undefined, dryRun: false, correlationId: 'test', bytes: 100 };
  const more = { now, identity, effectiveNotBefore: undefined };
  expect(await ledger.run(command, { ...context, ...more })).toMatchObject({ accepted: true });
}

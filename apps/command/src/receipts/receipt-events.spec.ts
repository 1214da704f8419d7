import { UnreadableEvent } from '@daybook/ledger-contracts';
import { deposit } from '../deposit/deposit.use-case';
import { identityOf } from '../edge/digest';
import { readBody } from '../edge/read-request';
import { decodeReceipt, encodeReceipt } from './receipt-events';
import { commandOf, receivedOf } from './received-command';

const identity = { caller: 'public', digest: 'd', digestVersion: 1 };
const at = '2026-01-01T00:00:00.000Z';

/** As they lie in stores: these never change, whatever the code becomes. */
const golden = {
  CommandReceived: {
    commandId: '_c1',
    operation: 'deposit',
    id: 'alice',
    body: { amount: '5.00', currency: 'EUR' },
    personal: { subject: 'command-_c1', enc: 'none', data: { reference: 'a gift' } },
    keyId: '_key-1',
    identity,
    at,
  },
  CommandRejected: {
    commandId: '_c1',
    problem: { status: 409, code: 'AccountFrozen', detail: 'it is frozen' },
    at,
  },
} as const;

const metadata = { schema: '1', last: 'true' };

it.each(Object.entries(golden))('still reads and writes %s of version 1', (type, data) => {
  const event = decodeReceipt({ type, data, metadata });
  expect(event).toEqual({ type, data });
  expect(encodeReceipt(event)).toEqual({ type, data, schema: '1' });
});

it.each([
  ['an unknown type', { type: 'CommandForgotten', data: {}, metadata }],
  [
    'a newer version',
    { type: 'CommandRejected', data: golden.CommandRejected, metadata: { schema: '2' } },
  ],
  ['another shape', { type: 'CommandReceived', data: { commandId: 'x' }, metadata }],
])('fails closed on %s', (_what, stored) => {
  expect(() => decodeReceipt(stored)).toThrow(UnreadableEvent);
});

it('keeps free text apart, and makes the same command of it as its own route', () => {
  const sent = { amount: '5.0', currency: 'EUR', reference: 'a gift', metadata: { x: 1 } };
  const body = readBody(deposit, sent);
  const context = {
    now: at,
    identity: identityOf('deposit', 'alice', body),
    keyId: undefined,
    dryRun: false,
    correlationId: 'c',
    bytes: 1,
    effectiveNotBefore: undefined,
  };
  const received = receivedOf('_c1', deposit as never, { id: 'alice', body }, sent, context);
  expect(received.body).toEqual({ amount: '5.0', currency: 'EUR' });
  expect(received.personal?.data).toEqual({ reference: 'a gift', metadata: { x: 1 } });
  const command = commandOf(received, at, undefined);
  expect(command).toEqual(deposit.command({ id: 'alice', body }, { ...context, receiptId: '_c1' }));
  expect(command).toMatchObject({ transactionId: '_c1', identity: context.identity });
});

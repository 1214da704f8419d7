import { checkEvent, decodeEvent, encodeEvent } from './event-codec';
import { UnreadableEvent } from './unreadable-event';

const data = { accountId: 'alice', at: '2026-03-31T12:00:00.000Z' };
const stored = { type: 'AccountClosed', data, metadata: { schema: '1' } };

const reasonOf = (read: () => unknown): string | undefined => {
  try {
    read();
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.reason;
    throw error;
  }
  return undefined;
};

it('reads what it writes', () => {
  const event = decodeEvent(stored);
  expect(event).toEqual({ type: 'AccountClosed', data });
  expect(encodeEvent(event)).toEqual({ type: 'AccountClosed', data, schema: '1' });
});

it('reads a record that the store added metadata to', () => {
  const metadata = { ...stored.metadata, last: 'true', '$schema.name': 'AccountClosed' };
  expect(decodeEvent({ ...stored, metadata })).toEqual({ type: 'AccountClosed', data });
});

it.each([
  ['unknown-type', { ...stored, type: 'AccountMerged' }],
  ['unknown-type', { ...stored, type: 'toString' }],
  ['unknown-version', { ...stored, metadata: { schema: '2' } }],
  ['unknown-version', { ...stored, metadata: { schema: '0' } }],
  ['unknown-version', { ...stored, metadata: { schema: 1 } }],
  ['unknown-version', { ...stored, metadata: {} }],
  ['malformed', { ...stored, data: 'text' }],
  ['malformed', { ...stored, data: [] }],
  ['malformed', { ...stored, data: null }],
])('fails closed on an event of %s: %#', (reason, record) => {
  expect(reasonOf(() => decodeEvent(record))).toBe(reason);
});

it('is an operational error that waiting does not help', () => {
  const error = new UnreadableEvent('unknown-type', 'AccountMerged', 'no such event');
  expect(error).toMatchObject({ code: 'UnreadableEvent', retryable: false });
});

it('checks every field where it is asked to', () => {
  const missing = { ...stored, data: { accountId: 'alice' } };
  expect(reasonOf(() => checkEvent(missing))).toBe('malformed');
  const numeric = { ...stored, data: { ...data, at: 5 } };
  expect(reasonOf(() => checkEvent(numeric))).toBe('malformed');
  const extra = { ...stored, data: { ...data, surprise: true } };
  expect(reasonOf(() => checkEvent(extra))).toBe('malformed');
});

import type { LedgerEvent } from '@daybook/ledger-contracts';
import { endedBy, WATCHED } from './hold-events';

const at = '2026-03-31T12:00:00.000Z';
const mark = { transactionId: 'h1', at };
const captured = (...remaining: string[]): LedgerEvent => ({
  type: 'TransactionCaptured',
  data: { ...mark, captureId: 'c1', amounts: remaining, remaining },
});

it.each<[string, LedgerEvent, string | undefined]>([
  ['a void', { type: 'TransactionVoided', data: { ...mark, voidId: 'v1' } }, 'h1'],
  ['an expiry', { type: 'TransactionExpired', data: { ...mark, expiryId: 'e1' } }, 'h1'],
  ['a capture of all that was held', captured('0', '0'), 'h1'],
  ['a capture that leaves something held', captured('0', '1'), undefined],
])('knows whether %s ends a hold', (_, event, ended) => {
  expect(endedBy(event)).toBe(ended);
  expect(WATCHED).toContain(event.type);
});

it('ends no hold by anything else', () => {
  const event = { type: 'TransactionReversed', data: { ...mark, reversalId: 'r1' } } as const;
  expect(endedBy(event)).toBeUndefined();
});

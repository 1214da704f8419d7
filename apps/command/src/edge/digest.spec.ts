import { deposit } from '../deposit/deposit.use-case';
import { transfer } from '../transfer/transfer.use-case';
import { identityOf } from './digest';
import { idOfKey, idOfSettlement, isIdempotencyKey } from './identities';
import { readBody } from './read-request';

const digest = (body: object, id = 'alice') =>
  identityOf(deposit.operation, id, readBody(deposit, body)).digest;

const sent = { amount: '12.30', currency: 'EUR', effectiveAt: '2026-01-01T01:00:00+01:00' };

it('is the same for the same content, however it was written', () => {
  expect(digest({ currency: 'EUR', effectiveAt: '2026-01-01T00:00:00Z', amount: '12.3' })).toBe(
    digest(sent),
  );
});

it.each([
  ['another amount', { ...sent, amount: '12.31' }],
  ['another currency', { ...sent, currency: 'USD' }],
  ['another time', { ...sent, effectiveAt: '2026-01-01T01:00:00Z' }],
  ['a default that was sent', { ...sent, source: '@cash' }],
  ['a reference', { ...sent, reference: 'x' }],
  ['metadata', { ...sent, metadata: {} }],
])('differs with %s', (_what, body) => {
  expect(digest(body)).not.toBe(digest(sent));
});

it('differs with the account of the path and with the operation', () => {
  expect(digest(sent, 'bob')).not.toBe(digest(sent));
  const body = readBody(transfer, { from: 'a', to: 'b', amount: '1', currency: 'EUR' });
  expect(identityOf('transfer', '', body).digest).not.toBe(
    identityOf('transfer2', '', body).digest,
  );
});

it('keeps its golden value: stored identities are compared with it for ever', () => {
  expect(identityOf('deposit', 'alice', readBody(deposit, sent))).toEqual({
    caller: 'public',
    digest: '8e18e7250f0e2ecc1c56df93df5b35fb85c30889e5af722bfd24414b70895c9d',
    digestVersion: 1,
  });
});

it('derives ids that no client can take and that do not meet', () => {
  const ids = [
    idOfKey('public', 'k'),
    idOfKey('public', 'k', 0),
    idOfKey('public', 'k0'),
    idOfKey('other', 'k'),
    idOfSettlement('void', 'k'),
    idOfSettlement('capture', 'k'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^_[a-z0-9._-]{1,99}$/);
});

it('takes keys of 1 to 255 printable characters', () => {
  expect(['a', 'A-1', 'with spaces within', 'x'.repeat(255)].every(isIdempotencyKey)).toBe(true);
  expect(['', ' a', 'a ', 'x'.repeat(256), 'ä', 'a\nb'].some(isIdempotencyKey)).toBe(false);
});

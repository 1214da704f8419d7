import { capture } from '../capture/capture.use-case';
import { changeAccount } from '../change-account/change-account.use-case';
import { deposit } from '../deposit/deposit.use-case';
import { transfer } from '../transfer/transfer.use-case';
import { identityOf } from './digest';
import { IDEMPOTENCY_KEY, idOfKey, idOfSettlement } from './identities';
import { readBody } from './read-request';
import type { UseCase } from './use-case';

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

const digestOf = (useCase: UseCase, id: string, body: object) =>
  identityOf(useCase.operation, id, readBody(useCase, body)).digest;

it('keeps its golden value where only the account knows the currency, however it was written', () => {
  for (const [one, two] of [
    ['12.30', '-5'],
    ['012.3', '-5.00'],
  ]) {
    expect([
      digestOf(capture as UseCase, 't1', { amount: one }),
      digestOf(capture as UseCase, 't1', { amounts: [one, '0.0'] }),
      digestOf(changeAccount as UseCase, 'alice', {
        overdraftLimit: one,
        limits: { perTransaction: null, minimumBalance: two },
      }),
      digestOf(changeAccount as UseCase, 'alice', { overdraftLimit: 'unlimited', name: null }),
    ]).toEqual([
      'f0c59017a3166c9d73ec909c4561c14eed2c4c81ae95ca538e6639b4b27df25e',
      '289aa49506b87d5f057806c41affda42f5f9f794470792ec5fc75b665a051972',
      '0e990bf1b5727ded4545df8fc69535d9de3748045f0d5b90f42f0653edad0eb1',
      'bc9db2f55e6c0b5e225eb08ee0856c1990ed6f3101570b0998840b05e12bf743',
    ]);
  }
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
  const isKey = (text: string) => IDEMPOTENCY_KEY.test(text);
  expect(['a', 'A-1', 'with spaces within', 'x'.repeat(255)].every(isKey)).toBe(true);
  expect(['', ' a', 'a ', 'x'.repeat(256), 'ä', 'a\nb'].some(isKey)).toBe(false);
});

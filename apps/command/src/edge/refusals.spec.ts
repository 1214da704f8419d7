import type { LedgerRejection } from '@daybook/ledger-domain';
import { problemTable } from '@daybook/platform';
import { codeOfRejection, problemOfRejection } from './refusals';

it('gives every rejection a code of the table, and its own wherever there is one', () => {
  for (const [rejection, code] of Object.entries(codeOfRejection)) {
    expect(problemTable[code]).toBeDefined();
    if (Object.hasOwn(problemTable, rejection)) expect(code).toBe(rejection);
  }
});

it('writes amounts of the refusal as decimals of their currency', () => {
  const { body } = problemOfRejection({
    code: 'InsufficientFunds',
    accountId: 'alice',
    posting: 0,
    available: -5n,
    amount: 1230n,
    currency: 'EUR',
  });
  expect(body).toEqual({
    type: 'urn:daybook:problem:InsufficientFunds',
    title: problemTable.InsufficientFunds.title,
    status: 422,
    code: 'InsufficientFunds',
    detail: 'account alice has less available than that',
    accountId: 'alice',
    posting: 0,
    available: '-0.05',
    amount: '12.30',
    currency: 'EUR',
  });
});

it('says why a transaction that is still called pending or posted is refused', () => {
  const detail = (rejection: LedgerRejection) => problemOfRejection(rejection).body.detail;
  const [transactionId, expiresAt] = ['t1', '2026-01-01T00:00:00.000Z'];
  expect(
    detail({
      code: 'TransactionNotPending',
      transactionId,
      transactionStatus: 'pending',
      expiresAt,
    }),
  ).toBe(`transaction t1 could be captured until ${expiresAt}`);
  expect(
    detail({
      code: 'TransactionNotPosted',
      transactionId,
      transactionStatus: 'posted',
      captures: [],
    }),
  ).toBe('transaction t1 moved no money');
});

it('names the field that a refusal is about', () => {
  const effectiveAt = '2020-01-01T00:00:00.000Z';
  const earliest = '2021-01-01T00:00:00.000Z';
  const { body } = problemOfRejection({ code: 'EffectiveTooEarly', effectiveAt, earliest });
  expect(body).toMatchObject({
    status: 400,
    code: 'InvalidRequest',
    errors: [{ path: 'effectiveAt', message: `must not be before ${earliest}` }],
  });
});

import { formatMoney } from '@daybook/kernel';
import type { LedgerRejection, RejectionCode } from '@daybook/ledger-domain';
import { ProblemError, type ProblemCode, type ProblemExtras } from '@daybook/platform';

/**
 * The API's code of every rejection: its status stands in the platform's table of problems. Two
 * rejections have no code of their own there, as the request itself asks for what cannot be.
 */
export const codeOfRejection: Readonly<Record<RejectionCode, ProblemCode>> = {
  IdempotencyKeyReused: 'IdempotencyKeyReused',
  AccountAlreadyExists: 'AccountAlreadyExists',
  EffectiveInFuture: 'EffectiveInFuture',
  EffectiveTooEarly: 'InvalidRequest',
  ExpiryInPast: 'ExpiryInPast',
  TransactionNotFound: 'TransactionNotFound',
  AlreadyReversed: 'AlreadyReversed',
  TransactionNotPosted: 'TransactionNotPosted',
  TransactionNotPending: 'TransactionNotPending',
  TransactionNotExpired: 'TransactionNotPending',
  InvalidRequest: 'InvalidRequest',
  InvalidAmount: 'InvalidAmount',
  CaptureExceedsHold: 'CaptureExceedsHold',
  SameAccount: 'SameAccount',
  AccountNotFound: 'AccountNotFound',
  AccountClosed: 'AccountClosed',
  AccountFrozen: 'AccountFrozen',
  CurrencyMismatch: 'CurrencyMismatch',
  InsufficientFunds: 'InsufficientFunds',
  LimitExceeded: 'LimitExceeded',
  BalanceOutOfRange: 'BalanceOutOfRange',
  AccountNotEmpty: 'AccountNotEmpty',
};

/** A refusal as a problem: its data with amounts as decimals, and the place that it is about. */
export function problemOfRejection(rejection: LedgerRejection, index?: number): ProblemError {
  const { code, ...rest } = rejection;
  const { path, message, ...data } = rest as Record<string, unknown>;
  const currency = 'currency' in rejection ? rejection.currency : undefined;
  const shown: Record<string, unknown> = index === undefined ? {} : { index };
  for (const [name, value] of Object.entries(data)) {
    shown[name] = typeof value === 'bigint' ? amountText(value, currency) : value;
  }
  const errors =
    typeof path === 'string' ? [{ path, message: String(message) }] : placeOf(rejection);
  const extras: ProblemExtras = { data: shown, ...(errors && { errors }) };
  return new ProblemError(codeOfRejection[code], detailOf(rejection), extras);
}

function amountText(value: bigint, currency: string | undefined): string {
  return currency === undefined ? String(value) : formatMoney({ minorUnits: value, currency });
}

function placeOf(rejection: LedgerRejection) {
  return rejection.code === 'EffectiveTooEarly'
    ? [{ path: 'effectiveAt', message: `must not be before ${rejection.earliest}` }]
    : undefined;
}

function detailOf(rejection: LedgerRejection): string {
  const account = 'accountId' in rejection ? `account ${rejection.accountId}` : 'the account';
  switch (rejection.code) {
    case 'IdempotencyKeyReused':
      return (
        'another command has this identity: give this one a transactionId or Idempotency-Key ' +
        'of its own'
      );
    case 'AccountAlreadyExists':
      return `${account} exists with other content`;
    case 'EffectiveInFuture':
      return 'effectiveAt lies more than 60 seconds ahead';
    case 'EffectiveTooEarly':
      return `effectiveAt may be ${rejection.earliest} at the earliest`;
    case 'ExpiryInPast':
      return `expiresAt is over: it is ${rejection.now} for these accounts`;
    case 'TransactionNotFound':
      return `transaction ${rejection.transactionId} does not exist`;
    case 'AlreadyReversed':
      return `transaction ${rejection.transactionId} was reversed by ${rejection.reversalId}`;
    case 'TransactionNotPosted':
      return rejection.transactionStatus === 'posted'
        ? `transaction ${rejection.transactionId} moved no money`
        : `transaction ${rejection.transactionId} is ${rejection.transactionStatus}`;
    case 'TransactionNotPending':
      return rejection.expiresAt === undefined
        ? `transaction ${rejection.transactionId} is ${rejection.transactionStatus}`
        : `transaction ${rejection.transactionId} could be captured until ${rejection.expiresAt}`;
    case 'TransactionNotExpired':
      return `transaction ${rejection.transactionId} has not expired`;
    case 'InvalidRequest':
    case 'InvalidAmount':
      return `${rejection.path}: ${rejection.message}`;
    case 'CaptureExceedsHold':
      return `transaction ${rejection.transactionId} holds less than that`;
    case 'SameAccount':
      return `${account} cannot be on both sides of a posting`;
    case 'AccountNotFound':
      return `${account} does not exist`;
    case 'AccountClosed':
      return `${account} is closed`;
    case 'AccountFrozen':
      return `${account} is frozen for ${rejection.scope === 'all' ? 'everything' : 'debits'}`;
    case 'CurrencyMismatch':
      return `${account} is in ${rejection.accountCurrency}, not ${rejection.currency}`;
    case 'InsufficientFunds':
      return `${account} has less available than that`;
    case 'LimitExceeded':
      return `${account}: the limit ${rejection.limit} does not allow that`;
    case 'BalanceOutOfRange':
      return `${account}: its balance would leave the range of the ledger`;
    case 'AccountNotEmpty':
      return `${account} still has a balance, or something pending`;
  }
}

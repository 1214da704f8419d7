import type { ProblemCode } from '@daybook/platform';

/** How every command can be refused, whatever it is. */
export const sharedRefusals: readonly ProblemCode[] = [
  'InvalidRequest',
  'InvalidId',
  'IdempotencyKeyReused',
  'RequestTooLarge',
  'UnsupportedMediaType',
  'Overloaded',
  'InternalError',
  'StreamUnreadable',
  'StoreUnavailable',
  'TooMuchContention',
];

/** How every command that moves money between accounts can be refused. */
export const postingRefusals: readonly ProblemCode[] = [
  'InvalidAmount',
  'UnknownCurrency',
  'AccountNotFound',
  'AccountFrozen',
  'AccountClosed',
  'InsufficientFunds',
  'CurrencyMismatch',
  'SameAccount',
  'EffectiveInFuture',
  'BalanceOutOfRange',
  'LimitExceeded',
];

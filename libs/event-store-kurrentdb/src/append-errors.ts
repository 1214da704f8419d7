import {
  AppendConsistencyViolationError,
  AppendRecordSizeExceededError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamTombstonedError,
  TransactionMaxSizeExceededError,
} from '@kurrent/kurrentdb-client';
import { AppendRefused, UnknownOutcome, type Violation } from '@daybook/event-store';

/** gRPC's INVALID_ARGUMENT: the server looked at the request and will never take it. */
const INVALID_ARGUMENT = 3;

/** How the server writes the state of a stream that is gone. */
const SOFT_DELETED = -5n;
const TOMBSTONED = -6n;

const refusals = [
  AppendRecordSizeExceededError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamTombstonedError,
  TransactionMaxSizeExceededError,
];

/**
 * What a failed append means: violations, or an error to throw. Only a consistency violation and
 * a refusal of the request itself say that nothing was committed; all else leaves it unknown.
 */
export function meaningOf(error: unknown): readonly Violation[] | AppendRefused | UnknownOutcome {
  if (error instanceof AppendConsistencyViolationError) {
    return error.violations.map(({ streamName, actualState }) => ({
      stream: streamName,
      actual: actualOf(actualState),
    }));
  }
  if (error instanceof UnknownOutcome) return error;
  const refused =
    refusals.some((refusal) => error instanceof refusal) ||
    (error instanceof Error && 'code' in error && error.code === INVALID_ARGUMENT);
  return refused
    ? new AppendRefused('the store refuses these records', { cause: error })
    : new UnknownOutcome('the store did not say whether it committed', { cause: error });
}

function actualOf(state: unknown): Violation['actual'] {
  if (state === SOFT_DELETED) return 'deleted';
  if (state === TOMBSTONED) return 'tombstoned';
  return typeof state === 'bigint' && state >= 0n ? Number(state) : 'no-stream';
}

import {
  AccessDeniedError,
  InvalidArgumentError,
  StreamDeletedError,
} from '@kurrent/kurrentdb-client';
import { StoreUnreachable } from '@daybook/event-store';

/** Failures that no waiting helps: they are passed on as they are. */
const lasting = [AccessDeniedError, InvalidArgumentError, StreamDeletedError];

/** What to throw for a read that failed. */
export const readFailure = (error: unknown): unknown =>
  error instanceof StoreUnreachable || lasting.some((each) => error instanceof each)
    ? error
    : new StoreUnreachable('the store did not answer a read', { cause: error });

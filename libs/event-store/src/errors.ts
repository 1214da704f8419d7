/** An operational failure: nobody's mistake, `retryable` says whether waiting can help. */
export abstract class StoreError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
}

/** Nobody knows whether the append was committed: only the same append again can tell. */
export class UnknownOutcome extends StoreError {
  readonly code = 'UnknownOutcome';
  readonly retryable = true;
}

/** The store could not be reached for a read; nothing was written. */
export class StoreUnreachable extends StoreError {
  readonly code = 'StoreUnreachable';
  readonly retryable = true;
}

/** The store refuses these records for what they are (size, names): certainly not committed. */
export class AppendRefused extends StoreError {
  readonly code = 'AppendRefused';
  readonly retryable = false;
}

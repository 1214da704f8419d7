/** Why a stored event cannot be folded. */
export type Unreadable = 'unknown-type' | 'unknown-version' | 'malformed' | 'out-of-place';

/**
 * An operational failure: the log holds what this build does not understand (a newer writer, a
 * damaged record). Never skipped: a state without it would be a wrong ground to decide on.
 */
export class UnreadableEvent extends Error {
  readonly code = 'UnreadableEvent';
  readonly retryable = false;

  constructor(
    readonly reason: Unreadable,
    readonly type: string,
    detail: string,
  ) {
    super(`${type}: ${detail}`);
    this.name = 'UnreadableEvent';
  }
}

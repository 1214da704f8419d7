/** An operational failure of a command: not the client's mistake, and no answer to it either. */
export abstract class CommandError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
}

/**
 * The store does not answer. `none`: the command certainly had and will have no effect;
 * `unknown`: it may have been, or may yet be, applied; only its identity can tell.
 */
export class StoreUnavailable extends CommandError {
  readonly code = 'StoreUnavailable';
  readonly retryable = true;

  constructor(
    readonly outcome: 'none' | 'unknown',
    options?: ErrorOptions,
  ) {
    super(`the event store is unavailable (outcome: ${outcome})`, options);
  }
}

/** Others kept writing to the command's streams; it had no effect. */
export class TooMuchContention extends CommandError {
  readonly code = 'TooMuchContention';
  readonly retryable = true;

  constructor(readonly attempts: number) {
    super(`lost the race for its streams ${attempts} times`);
  }
}

/** As many commands are under way as the runner will hold; this one was not begun. */
export class Overloaded extends CommandError {
  readonly code = 'Overloaded';
  readonly retryable = true;

  constructor() {
    super('too many commands are under way');
  }
}

/** One command would write more than the store is asked to take at once; it had no effect. */
export class CommandTooLarge extends CommandError {
  readonly code = 'CommandTooLarge';
  readonly retryable = false;

  constructor(readonly bytesMax: number) {
    super(`the command would write more than ${bytesMax} bytes`);
  }
}

/** A stream holds what this version cannot read: nothing is decided on it. */
export class StreamUnreadable extends CommandError {
  readonly code = 'StreamUnreadable';
  readonly retryable = false;

  constructor(
    readonly stream: string,
    options?: ErrorOptions,
  ) {
    super(`stream ${stream} cannot be read by this version`, options);
  }
}

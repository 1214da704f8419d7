/** Who holds a data folder: enough to find and stop the process. */
export interface LockHolder {
  readonly pid: number;
  readonly command: string;
  readonly since: string;
}

/** Another live process (or another server in this one) has the data folder open. */
export class StoreLockedError extends Error {
  readonly code = 'StoreLocked';
  readonly retryable = false;

  constructor(
    readonly folder: string,
    readonly holder: LockHolder | undefined,
  ) {
    const who = holder
      ? `process ${holder.pid} (${holder.command}) since ${holder.since}`
      : 'another process';
    super(`the data folder ${folder} is in use by ${who}`);
    this.name = 'StoreLockedError';
  }
}

/**
 * A commit failed on I/O: what was in flight may or may not exist, so nothing is served any more.
 */
export class StorePoisonedError extends Error {
  readonly code = 'StorePoisoned';
  readonly retryable = false;

  constructor(cause: unknown) {
    super(`the store stopped after a failed commit: ${messageOf(cause)}`, { cause });
    this.name = 'StorePoisonedError';
  }
}

/** The folder holds something that this version cannot or must not open. */
export class StoreFormatError extends Error {
  readonly code = 'StoreFormat';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreFormatError';
  }
}

/** The store is closed or closing; nothing of the refused work was done. */
export class StoreClosedError extends Error {
  readonly code = 'StoreClosed';
  readonly retryable = true;

  constructor() {
    super('the store is closed');
    this.name = 'StoreClosedError';
  }
}

/** Too much work waits for the disk; nothing of the refused work was done. */
export class StoreOverloadedError extends Error {
  readonly code = 'StoreOverloaded';
  readonly retryable = true;

  constructor(limit: string) {
    super(`too many writes are waiting (${limit})`);
    this.name = 'StoreOverloadedError';
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

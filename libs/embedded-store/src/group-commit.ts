import { ABORT, type RootDatabase } from 'lmdb';
import { StoreClosedError, StoreOverloadedError, StorePoisonedError } from './errors';

/** Bounds of the queue of waiting writes and of one shared transaction. */
export interface GroupCommitLimits {
  readonly waitingMax: number;
  readonly waitingBytesMax: number;
  readonly groupMax: number;
  readonly groupBytesMax: number;
}

export const defaultGroupCommitLimits: GroupCommitLimits = {
  waitingMax: 50_000,
  waitingBytesMax: 256 * 1024 * 1024,
  groupMax: 4_096,
  groupBytesMax: 32 * 1024 * 1024,
};

/** Told around each shared transaction; for caches that must not show what is not durable. */
export interface GroupObserver {
  /** Inside the transaction, before the first piece of work. */
  begun?(): void;
  /** Inside the transaction, after the last piece of work: last writes of the group. */
  ending?(): void;
  /** Durable; called before any waiting promise resolves. */
  committed?(): void;
  /** The transaction failed; the store is poisoned. */
  failed?(error: StorePoisonedError): void;
}

interface Waiting {
  readonly work: () => unknown;
  readonly bytes: number;
  readonly alone: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  outcome?: { value?: unknown; error?: unknown };
}

/**
 * Writes that wait while a commit is in flight share the next transaction and its one sync. A
 * promise resolves only after that sync. After a failed commit everything that waits and comes is
 * refused with StorePoisonedError, because what was in flight may exist.
 */
export class GroupCommit {
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;
  private running = false;
  private closed = false;
  private poison: StorePoisonedError | undefined;
  private drained: (() => void)[] = [];

  constructor(
    private readonly root: RootDatabase<Buffer, Buffer>,
    private readonly observer: GroupObserver = {},
    private readonly limits: GroupCommitLimits = defaultGroupCommitLimits,
  ) {}

  get poisoned(): StorePoisonedError | undefined {
    return this.poison;
  }

  /** Throws when a commit failed: from then on not even what is read can be relied upon. */
  refuseWhenPoisoned(): void {
    if (this.poison) throw this.poison;
  }

  /**
   * Runs `work` inside the shared write transaction (with `putSync`/`removeSync` of the databases)
   * and resolves with its value once that is durable. It may throw, rejecting only itself, but
   * only before its first write; work that may throw later belongs into `submitAlone`.
   */
  submit<T>(work: () => T, bytes = 0): Promise<T> {
    return this.enqueue(work, bytes, false);
  }

  /** As `submit`, in a transaction of its own that is undone whole when `work` throws. */
  submitAlone<T>(work: () => T, bytes = 0): Promise<T> {
    return this.enqueue(work, bytes, true);
  }

  /** Refuses new work and waits until what was accepted is decided. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.running || this.waiting.length > 0) {
      await new Promise<void>((resolve) => this.drained.push(resolve));
    }
  }

  private enqueue<T>(work: () => T, bytes: number, alone: boolean): Promise<T> {
    if (this.poison) return Promise.reject(this.poison);
    if (this.closed) return Promise.reject(new StoreClosedError());
    if (this.waiting.length >= this.limits.waitingMax) {
      return Promise.reject(new StoreOverloadedError(`${this.limits.waitingMax} writes`));
    }
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.limits.waitingBytesMax) {
      return Promise.reject(new StoreOverloadedError(`${this.limits.waitingBytesMax} bytes`));
    }
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ work, bytes, alone, resolve, reject });
      this.waitingBytes += bytes;
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    // What arrives in the same turn of the event loop (one read of a socket) goes into one group.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0 && !this.poison) {
      const group = this.nextGroup();
      try {
        if (group[0]?.alone) this.commitAlone(group[0]);
        else await this.commitTogether(group);
      } catch (error) {
        this.fail(await reasonOf(error), group);
        break;
      }
      this.root.resetReadTxn();
      this.observer.committed?.();
      for (const { outcome, resolve, reject } of group) {
        if (outcome && 'error' in outcome) reject(outcome.error);
        else resolve(outcome?.value as never);
      }
    }
    this.running = false;
    if (this.closed) for (const done of this.drained.splice(0)) done();
  }

  private nextGroup(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const item of this.waiting) {
      if (count > 0) {
        if (item.alone || count >= this.limits.groupMax) break;
        if (bytes + item.bytes > this.limits.groupBytesMax) break;
      }
      count++;
      bytes += item.bytes;
      if (item.alone) break;
    }
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }

  private async commitTogether(group: Waiting[]): Promise<void> {
    let broken: { error: unknown } | undefined;
    // A child transaction, because only that can be undone when the observer itself fails.
    await this.root.childTransaction(() => {
      try {
        this.observer.begun?.();
        for (const item of group) {
          try {
            item.outcome = { value: item.work() };
          } catch (error) {
            item.outcome = { error };
          }
        }
        this.observer.ending?.();
      } catch (error) {
        broken = { error };
        return ABORT;
      }
      return undefined;
    });
    if (broken) throw broken.error;
  }

  private commitAlone(item: Waiting): void {
    this.root.transactionSync(() => {
      this.observer.begun?.();
      try {
        item.outcome = { value: item.work() };
      } catch (error) {
        item.outcome = { error };
        return ABORT;
      }
      this.observer.ending?.();
      return undefined;
    });
  }

  private fail(cause: unknown, group: Waiting[]): void {
    const poison = new StorePoisonedError(cause);
    this.poison = poison;
    this.observer.failed?.(poison);
    for (const { reject } of [...group, ...this.waiting.splice(0)]) reject(poison);
    this.waitingBytes = 0;
  }
}

/**
 * Why LMDB could not commit. Its error only says that it failed and carries the reason as a promise,
 * which has to be listened to: unheard it would end the process.
 */
async function reasonOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { commitError?: Promise<never> };
  if (!commitError) return error;
  const reason = commitError.catch((cause: unknown) => cause);
  // LMDB rejects it in the turn in which the commit failed, or not at all.
  const none = new Promise((resolve) => setImmediate(resolve, error));
  return Promise.race([reason, none]);
}

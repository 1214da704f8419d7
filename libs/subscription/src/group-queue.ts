import type { RecordGroup } from './group';

/** What `take` gave: groups in order, and whether the producer has ended. */
export interface Taken {
  readonly groups: readonly RecordGroup[];
  readonly ended: boolean;
}

/**
 * Groups between the log and whoever works on them: bounded by records, so a slow worker costs no
 * memory; the reader waits, and with it the server.
 */
export class GroupQueue {
  #groups: RecordGroup[] = [];
  #records = 0;
  #ended = false;
  #failure: unknown;
  #filled: (() => void) | undefined;
  #emptied: (() => void) | undefined;
  #gathered: (() => void) | undefined;

  constructor(private readonly maxRecords: number) {}

  /** True when `take` would not wait. */
  get ready(): boolean {
    return this.#groups.length > 0 || this.#ended;
  }

  /**
   * Adds a group: true when there is room for more, else when there will be; false when the queue
   * has ended and nothing is taken. At once where it can be, as it is for nearly every group.
   */
  put(group: RecordGroup): boolean | Promise<boolean> {
    if (this.#ended) return false;
    // Of places without records only the last is of use: so they, too, are bounded.
    if (group.records.length === 0 && this.#groups.at(-1)?.records.length === 0) this.#groups.pop();
    this.#groups.push(group);
    this.#records += group.records.length;
    this.#filled?.();
    if (this.#records < this.maxRecords) return true;
    this.#gathered?.();
    return this.#room();
  }

  /** No more will come; with a failure, `take` throws it once all groups are taken. */
  end(failure?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#filled?.();
    this.#emptied?.();
    this.#gathered?.();
  }

  /** Lets groups gather until a moment; less long when no more fits or there will be no more. */
  async gather(moment: Promise<void>): Promise<void> {
    if (this.#ended || this.#records >= this.maxRecords) return;
    const enough = new Promise<void>((resolve) => {
      this.#gathered = resolve;
    });
    await Promise.race([moment, enough]);
  }

  async #room(): Promise<boolean> {
    while (this.#records >= this.maxRecords && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
    }
    return !this.#ended;
  }

  /** Everything that is there, as soon as there is something or the end. */
  async take(): Promise<Taken> {
    while (!this.ready) {
      await new Promise<void>((resolve) => {
        this.#filled = resolve;
      });
    }
    const groups = this.#groups;
    this.#groups = [];
    this.#records = 0;
    this.#emptied?.();
    if (groups.length === 0 && this.#failure !== undefined) throw this.#failure;
    return { groups, ended: this.#ended };
  }
}

import type { RecordGroup } from './group';

/** What `take` gave: groups in order, and whether the producer has ended. */
export interface Taken {
  readonly groups: readonly RecordGroup[];
  readonly ended: boolean;
}

/**
 * Groups between a live subscription and whoever works on them: bounded by records, so a slow
 * worker costs no memory. A full queue refuses, and the subscription gives way to pages.
 */
export class GroupQueue {
  #groups: RecordGroup[] = [];
  #records = 0;
  #ended = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(private readonly maxRecords: number) {}

  /** False when full: nothing was taken. A group greater than the bound is taken when alone. */
  offer(group: RecordGroup): boolean {
    if (this.#records > 0 && this.#records + group.records.length > this.maxRecords) return false;
    this.#groups.push(group);
    this.#records += group.records.length;
    this.#wake?.();
    return true;
  }

  /** No more will come; with a failure, `take` throws it once all groups are taken. */
  end(failure?: unknown): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake?.();
  }

  /** Everything that is there, as soon as there is something or the end. */
  async take(): Promise<Taken> {
    while (this.#groups.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const groups = this.#groups;
    this.#groups = [];
    this.#records = 0;
    if (groups.length === 0 && this.#failure !== undefined) throw this.#failure;
    return { groups, ended: this.#ended };
  }
}

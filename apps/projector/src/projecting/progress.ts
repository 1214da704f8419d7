import type { Clock } from '@daybook/kernel';
import { type GroupBatch, ViewsOfAnotherLog } from '@daybook/subscription';

/** A log that lacks what was projected may be shown by a node that is late: for no longer than this. */
const LATE_MS = 10_000;

type Failing = 'ReadFailing' | 'WriteFailing' | 'ViewsOfAnotherLog';

/** Why the worker is not ready. */
export class NotReady extends Error {
  readonly retryable = true;

  constructor(readonly code: 'Starting' | 'CatchingUp' | Failing) {
    super(code);
  }
}

/** What one batch was, for metrics. */
export interface BatchReport {
  readonly records: number;
  readonly groups: number;
  /** From recording to checkpoint, per group, in seconds. */
  readonly delays: readonly number[];
}

/** How the worker stands to the log: how far behind, and whether a store fails it just now. */
export class Progress {
  #failing: Failing | undefined;
  #lackingSince: number | undefined;
  #leasesKept = true;
  #assigned: number | undefined;
  #quarantined = 0;
  #atEnd = false;
  #newest: Date | undefined;
  #onBatch: (report: BatchReport) => void = () => {};

  constructor(private readonly clock: Clock) {}

  onBatch(report: (batch: BatchReport) => void): void {
    this.#onBatch = report;
  }

  assigned(partitions: number): void {
    this.#assigned = partitions;
    this.#atEnd = false;
  }

  /** How many streams cannot be projected, as far as this worker knows. */
  quarantined(streams: number): void {
    this.#quarantined = streams;
  }

  /** Whether the leases could be kept; a failure lasts until they are. */
  leases(kept: boolean): void {
    this.#leasesKept = kept;
  }

  writeFailed(): void {
    this.#failing = 'WriteFailing';
  }

  /** True when it is no use to wait any longer: only someone can help. */
  readFailed(error: unknown): boolean {
    const now = this.clock.now().getTime();
    const isLacking = error instanceof ViewsOfAnotherLog;
    this.#lackingSince = isLacking ? (this.#lackingSince ?? now) : undefined;
    const isLasting = now - (this.#lackingSince ?? now) >= LATE_MS;
    this.#failing = isLasting ? 'ViewsOfAnotherLog' : 'ReadFailing';
    return isLasting;
  }

  projected({ groups, atEnd }: GroupBatch): void {
    this.#failing = undefined;
    this.#lackingSince = undefined;
    this.#atEnd = atEnd;
    this.#newest = groups.at(-1)?.recordedAt ?? this.#newest;
    const now = this.clock.now().getTime();
    this.#onBatch({
      records: groups.reduce((sum, { records }) => sum + records.length, 0),
      groups: groups.length,
      delays: groups.map(({ recordedAt }) => Math.max(0, now - recordedAt.getTime()) / 1000),
    });
  }

  get partitions(): number {
    return this.#assigned ?? 0;
  }

  get quarantinedStreams(): number {
    return this.#quarantined;
  }

  /** Age of the newest group projected while more is known to wait; 0 at the end of the log. */
  get lagSeconds(): number {
    if (this.#atEnd || !this.#newest) return 0;
    return Math.max(0, this.clock.now().getTime() - this.#newest.getTime()) / 1000;
  }

  /** Throws `NotReady` while starting, failing or too far behind. A worker in reserve is ready. */
  async assertReady(lagSecondsMax: number): Promise<void> {
    if (this.#failing) throw new NotReady(this.#failing);
    if (!this.#leasesKept) throw new NotReady('WriteFailing');
    if (this.#assigned === undefined) throw new NotReady('Starting');
    if (this.#assigned === 0 || this.#atEnd) return;
    if (!this.#newest || this.lagSeconds > lagSecondsMax) throw new NotReady('CatchingUp');
  }
}

import { MongoError, MongoServerError } from 'mongodb';
import type { Views } from '../collections/views';
import type { ReadStore } from '../connection/read-store';
import { generationsToRead } from '../generations/generations';
import { type LedgerAt, ledgerAt } from './ledger-at';
import { positionRecordedBy, type Reached, reached } from './recorded-time';

/** The views have not reached a position in the time given; `position` is how far they are. */
export class NotYetProjected extends Error {
  readonly code = 'NotYetProjected';
  readonly retryable = true;

  constructor(
    readonly wanted: bigint,
    readonly position: bigint,
  ) {
    super(`the views have reached position ${position}, not ${wanted} yet`);
  }
}

/** The newest state of all views that is whole. */
export interface Newest {
  readonly views: Views;
  readonly reached: Reached;
}

/** True for a failure of the store or of the way to it: nobody's mistake, trying again may help. */
export const isReadStoreFailure = (error: unknown): boolean => error instanceof MongoError;

const MAX_TIME_EXPIRED = 50;

/** True when the store ended a query because it took too long. */
export const isQueryTimeout = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === MAX_TIME_EXPIRED;

const GENERATION_MS = 1_000;
const POLL_MS = 10;

/** The ledger as the live generation of the views has it, from one instance of a service. */
export class LiveLedger {
  #reading: Promise<Newest> | undefined;
  #live:
    { readonly views: Views; readonly heldBy: number | null; readonly until: number } | undefined;
  #answered: Newest | undefined;

  constructor(private readonly store: ReadStore) {}

  /**
   * How far the views are. Callers that come while a reading is on its way share the next answer;
   * it never lies before one that was given out here earlier, unless that was of views that were
   * abandoned.
   */
  newest(): Promise<Newest> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** Waits until the views have reached a position. Throws `NotYetProjected` after `waitMs`. */
  async reaching(position: bigint, waitMs: number): Promise<Newest> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const newest = await this.newest();
      if (newest.reached.position >= position) return newest;
      if (Date.now() >= deadline) throw new NotYetProjected(position, newest.reached.position);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * A generation that was just switched to may be behind what was answered from the one before,
   * which stands still from then on: until it has come as far, that one's last reading holds. Not
   * when someone went back because that one is wrong: then the answers stand further back.
   */
  async #read(): Promise<Newest> {
    const { views, heldBy } = await this.#generation();
    const newest = { views, reached: await reached(views) };
    const before = this.#answered;
    const isBehind = before !== undefined && newest.reached.position < before.reached.position;
    if (isBehind && before.views.generation === heldBy) return before;
    this.#answered = newest;
    return newest;
  }

  /** The generation is looked up once a second: the one before it stands for longer than that. */
  async #generation() {
    if (!this.#live || this.#live.until < Date.now()) {
      const { live, previous, abandoned } = await generationsToRead(this.store.db);
      const until = Date.now() + GENERATION_MS;
      this.#live = { views: this.store.views(live), heldBy: abandoned ? null : previous, until };
    }
    return this.#live;
  }
}

/** Effective and recorded time in ms, both inclusive; null: no limit. */
export interface Times {
  readonly asOf: number | null;
  readonly knownAt: number | null;
}

/**
 * The ledger at the times asked for. Recorded time becomes a position here, once; a time that the
 * log has not passed yet is answered at the newest position, and the answer is not final.
 */
export async function ledgerAsOf(
  { views, reached: end }: Newest,
  { asOf, knownAt }: Times,
): Promise<LedgerAt> {
  const final = knownAt !== null && end.recordedAt !== null && knownAt < end.recordedAt;
  const position = final ? await positionRecordedBy(views, knownAt, end.position) : end.position;
  return ledgerAt(views, { position, asOf, final });
}

import type { EventLog, StoredRecord } from '../event-store';
import type { RunnerPorts, RunnerSettings } from './runner-settings';

/** What the log gets from now on, at least of the streams that decisions read, in its order. */
export type LogTail = (signal: AbortSignal) => AsyncIterable<StoredRecord>;

/** The tail of a log, of the streams whose names begin so. */
export function tailOf(
  log: Pick<EventLog, 'end' | 'follow'>,
  prefixes: readonly string[],
): LogTail {
  return async function* (signal) {
    yield* log.follow(await log.end(), prefixes, signal);
  };
}

/** Longer than an instance that loses most of its races takes to win one. */
const ACTIVE_MS = 1_000;

/**
 * Follows the log while others write to the streams in memory: half of what two runners share would
 * else be out of date whenever it is used, at the price of a refused append and a read. A runner
 * that is alone follows nothing. What comes late, twice or never does no harm: appends are checked.
 */
export class OthersWrites {
  private following = false;
  private newsMs = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly tail: LogTail,
    /** False: the record was no news. */
    private readonly learn: (record: StoredRecord) => boolean,
    private readonly settings: RunnerSettings,
    private readonly ports: RunnerPorts,
  ) {}

  /** Others wrote to streams in memory a moment ago. */
  get active(): boolean {
    return this.following && this.ports.nowMs() - this.newsMs < ACTIVE_MS;
  }

  /** Others wrote to a stream in memory. */
  noticed(): void {
    this.newsMs = this.ports.nowMs();
    if (this.following || this.stopping.signal.aborted) return;
    this.following = true;
    void this.follow().finally(() => {
      this.following = false;
    });
  }

  stop(): void {
    this.stopping.abort();
  }

  private async follow(): Promise<void> {
    try {
      for await (const record of this.tail(this.stopping.signal)) {
        if (this.learn(record)) this.newsMs = this.ports.nowMs();
        else if (this.ports.nowMs() - this.newsMs > this.settings.followQuietMs) return;
      }
    } catch {
      // Lost with the store: whoever finds others writing next begins anew.
    }
  }
}

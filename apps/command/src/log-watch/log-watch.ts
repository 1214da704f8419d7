import {
  pause,
  type EventTypeLog,
  type LogPosition,
  type StoredRecord,
} from '@daybook/event-store';
import type { Logger } from '@daybook/platform';

const RETRY_MS = 1_000;

/** Hands the records of some types over, in order, one after the other, until it is stopped. */
export class LogWatch {
  private readonly stopping = new AbortController();
  private current = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: EventTypeLog,
    private readonly types: readonly string[],
    private readonly handle: (record: StoredRecord) => Promise<void> | void,
    private readonly logger: Logger,
  ) {}

  /** Begins after a place; a watch that runs already goes on from there instead. */
  start(after: LogPosition): void {
    this.current.abort();
    this.current = new AbortController();
    const signal = AbortSignal.any([this.current.signal, this.stopping.signal]);
    const before = this.running;
    this.running = before.then(() => this.run(after, signal));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(after: LogPosition, signal: AbortSignal): Promise<void> {
    let place = after;
    while (!signal.aborted) {
      try {
        for await (const record of this.log.followTypes(place, this.types, signal)) {
          if (signal.aborted) return;
          await this.handle(record);
          place = record.position;
        }
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn({ err: error, types: this.types }, 'lost the log, following it again');
      }
      await pause(RETRY_MS, signal);
    }
  }
}

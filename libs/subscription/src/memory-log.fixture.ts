import {
  StoreUnreachable,
  type EventLog,
  type LogPosition,
  type StoredRecord,
} from '@daybook/event-store';

/** A log in memory, for specs: the port's contract, nothing more, and faults on demand. */
export class MemoryLog implements EventLog {
  readonly records: StoredRecord[] = [];
  readonly #wakes = new Set<() => void>();
  failNextFollows = 0;
  cutFollowAfter: number | undefined;
  #ended = 0;

  /** Ends those who follow, as a lost connection does. */
  endFollows(): void {
    this.#ended += 1;
    for (const wake of this.#wakes) wake();
  }

  /** Appends one group of records for these streams; `created` defaults to the position in ms. */
  append(streams: readonly string[], created?: number): void {
    const first = this.records.length;
    streams.forEach((stream, i) => {
      const position = BigInt(first + i + 1) * 10n;
      this.records.push({
        stream,
        revision: this.records.filter((record) => record.stream === stream).length,
        position,
        id: `id-${position}`,
        type: 'Something',
        data: {},
        metadata: i === streams.length - 1 ? { last: 'true' } : {},
        created: new Date(created ?? Number(position)),
      });
    });
    for (const wake of this.#wakes) wake();
  }

  end(): Promise<bigint | 'start'> {
    return Promise.resolve(this.records.at(-1)?.position ?? 'start');
  }

  readStream(stream: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    const own = this.records.filter((record) => record.stream === stream);
    return Promise.resolve(own.filter(({ revision }) => revision >= from).slice(0, limit));
  }

  readAfter(
    position: LogPosition,
    limit: number,
    prefixes: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    return Promise.resolve(this.#after(position, prefixes).slice(0, limit));
  }

  async *follow(
    position: LogPosition,
    prefixes: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<StoredRecord> {
    if (this.failNextFollows > 0) {
      this.failNextFollows -= 1;
      throw new StoreUnreachable('planted');
    }
    let from = position;
    let given = 0;
    const ended = this.#ended;
    while (!signal.aborted) {
      if (this.#ended > ended) throw new StoreUnreachable('planted');
      for (const record of this.#after(from, prefixes)) {
        if (signal.aborted) return;
        if (this.cutFollowAfter !== undefined && given >= this.cutFollowAfter) {
          this.cutFollowAfter = undefined;
          throw new StoreUnreachable('planted');
        }
        given += 1;
        from = record.position;
        yield record;
      }
      await this.#something(signal);
    }
  }

  #after(position: LogPosition, prefixes: readonly string[]): readonly StoredRecord[] {
    return this.records.filter(
      (record) =>
        (position === 'start' || record.position > position) &&
        prefixes.some((prefix) => record.stream.startsWith(prefix)),
    );
  }

  #something(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakes.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakes.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

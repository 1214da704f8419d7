import type {
  AppendOutcome,
  EventStore,
  NewRecord,
  StoredRecord,
  StreamCheck,
} from '@daybook/event-store';

/** An event store in memory, true to the port, for what needs no sockets. */
export class MemoryStore implements EventStore {
  private readonly streams = new Map<string, StoredRecord[]>();
  private position = 0n;

  async append(
    records: readonly NewRecord[],
    checks: readonly StreamCheck[],
  ): Promise<AppendOutcome> {
    await new Promise(setImmediate);
    const violations = checks
      .map(({ stream, expected }) => ({ stream, expected, actual: this.revision(stream) }))
      .filter(({ expected, actual }) => expected !== actual)
      .map(({ stream, actual }) => ({ stream, actual }));
    if (violations.length > 0) return { committed: false, violations };
    for (const record of records) {
      const own = this.streams.get(record.stream) ?? [];
      this.position += 1n;
      own.push({ ...record, revision: own.length, position: this.position, created: new Date() });
      this.streams.set(record.stream, own);
    }
    return { committed: true, position: this.position };
  }

  async readStream(stream: string, from: number, limit: number) {
    await new Promise(setImmediate);
    return (this.streams.get(stream) ?? []).slice(from, from + limit);
  }

  async readLast(stream: string) {
    await new Promise(setImmediate);
    return this.streams.get(stream)?.at(-1);
  }

  ping = () => Promise.resolve();
  close = () => Promise.resolve();

  private revision(stream: string): number | 'no-stream' {
    const own = this.streams.get(stream);
    return own ? own.length - 1 : 'no-stream';
  }
}

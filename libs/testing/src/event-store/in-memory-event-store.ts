import {
  AppendRefused,
  type AppendOutcome,
  type EventLog,
  type EventStore,
  type LogPosition,
  type NewRecord,
  type StoredRecord,
  type StreamCheck,
  type Violation,
} from '@daybook/event-store';

/** Data are kept as text: what a reader does to them stays with the reader. */
type KeptRecord = Omit<StoredRecord, 'data'> & { readonly text: string };

interface Stream {
  readonly name: string;
  readonly records: KeptRecord[];
}

/** What one append writes to one stream. */
interface Part {
  readonly stream: Stream;
  readonly records: NewRecord[];
  readonly expected: StreamCheck['expected'] | 'any';
}

/** How far a followed log may run ahead of its reader before it is told to read again. */
const FOLLOW_PAGE = 500;

/**
 * The store's port in memory, with the answers that were measured on a real KurrentDB: unchanged
 * appends are recognised by their event ids, stream names are one regardless of case within an
 * append, violations list every failing check, each record has its own position and `created`.
 */
export class InMemoryEventStore implements EventStore, EventLog {
  private readonly streams = new Map<string, Stream>();
  private readonly log: KeptRecord[] = [];
  private readonly growth = new Set<() => void>();

  constructor(private readonly now: () => Date = () => new Date()) {}

  async append(
    records: readonly NewRecord[],
    checks: readonly StreamCheck[],
  ): Promise<AppendOutcome> {
    refuseMalformed(records, checks);
    const expected = new Map(checks.map((check) => [check.stream.toLowerCase(), check]));
    const parts = this.partsOf(records, expected);
    const repeats = parts.map((part) => repeatOf(part));
    const violations = this.violations(checks, parts, repeats);
    if (violations.length > 0) return { committed: false, violations };
    if (repeats.every((last) => last !== undefined)) {
      return { committed: true, position: highest(repeats) };
    }
    return { committed: true, position: this.write(records, parts) };
  }

  async readStream(stream: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    const records = this.streams.get(stream)?.records.slice(from, from + limit) ?? [];
    return records.map(asRead);
  }

  async readLast(stream: string): Promise<StoredRecord | undefined> {
    const last = this.streams.get(stream)?.records.at(-1);
    return last && asRead(last);
  }

  async readAfter(
    position: LogPosition,
    limit: number,
    prefixes: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    const found: StoredRecord[] = [];
    const first = position === 'start' ? 0 : Number(position) + 1;
    for (let place = first; place < this.log.length && found.length < limit; place += 1) {
      const record = this.log[place] as KeptRecord;
      if (prefixes.some((prefix) => record.stream.startsWith(prefix))) found.push(asRead(record));
    }
    return found;
  }

  async end(): Promise<bigint | 'start'> {
    return this.log.at(-1)?.position ?? 'start';
  }

  async *follow(
    position: LogPosition,
    prefixes: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<StoredRecord> {
    let after = position;
    while (!signal.aborted) {
      const grown = this.grown(signal);
      const page = await this.readAfter(after, FOLLOW_PAGE, prefixes);
      for (const record of page) {
        if (signal.aborted) return;
        yield record;
        after = record.position;
      }
      if (page.length === 0) await grown;
    }
  }

  private partsOf(
    records: readonly NewRecord[],
    expected: ReadonlyMap<string, StreamCheck>,
  ): Part[] {
    const parts = new Map<string, Part>();
    for (const record of records) {
      const key = record.stream.toLowerCase();
      let part = parts.get(key);
      if (part === undefined) {
        const name = record.stream;
        const stream = this.streams.get(name) ?? { name, records: [] };
        part = { stream, records: [], expected: expected.get(key)?.expected ?? 'any' };
        parts.set(key, part);
      }
      part.records.push(record);
    }
    return [...parts.values()];
  }

  /** Every failing check; one whose stream has all of its records already does not fail. */
  private violations(
    checks: readonly StreamCheck[],
    parts: readonly Part[],
    repeats: readonly (bigint | undefined)[],
  ): Violation[] {
    const whole = repeats.every((last) => last !== undefined);
    return checks.flatMap(({ stream, expected }) => {
      const newest = (this.streams.get(stream)?.records.length ?? 0) - 1;
      if (newest === (expected === 'no-stream' ? -1 : expected)) return [];
      const written = parts.some((part) => part.stream.name === stream);
      if (written && whole) return [];
      return [{ stream, actual: newest < 0 ? ('no-stream' as const) : newest }];
    });
  }

  private write(records: readonly NewRecord[], parts: readonly Part[]): bigint {
    const byKey = new Map(parts.map(({ stream }) => [stream.name.toLowerCase(), stream]));
    for (const record of records) {
      const stream = byKey.get(record.stream.toLowerCase()) as Stream;
      this.streams.set(stream.name, stream);
      const { id, type, json, metadata } = record;
      const stored: KeptRecord = {
        ...{ id, type, metadata: { ...metadata }, text: json },
        stream: stream.name,
        revision: stream.records.length,
        position: BigInt(this.log.length),
        created: this.now(),
      };
      stream.records.push(stored);
      this.log.push(stored);
    }
    for (const wake of [...this.growth]) wake();
    return BigInt(this.log.length - 1);
  }

  private grown(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.growth.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.growth.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** Position of the part's last record when the stream has all of them in place already. */
function repeatOf({ stream, records, expected }: Part): bigint | undefined {
  const first =
    expected === 'any'
      ? stream.records.findIndex(({ id }) => id === records[0]?.id)
      : expected === 'no-stream'
        ? 0
        : expected + 1;
  if (first < 0) return undefined;
  const there = records.every(({ id }, offset) => stream.records[first + offset]?.id === id);
  return there ? stream.records[first + records.length - 1]?.position : undefined;
}

const highest = (positions: readonly (bigint | undefined)[]): bigint =>
  positions.reduce<bigint>((most, each) => (each !== undefined && each > most ? each : most), 0n);

const asRead = (kept: KeptRecord): StoredRecord => ({
  stream: kept.stream,
  id: kept.id,
  type: kept.type,
  data: JSON.parse(kept.text),
  metadata: { ...kept.metadata },
  revision: kept.revision,
  position: kept.position,
  created: kept.created,
});

function refuseMalformed(records: readonly NewRecord[], checks: readonly StreamCheck[]): void {
  if (records.length === 0) throw new AppendRefused('no records');
  const names = new Set(checks.map(({ stream }) => stream.toLowerCase()));
  if (names.size < checks.length) throw new AppendRefused('a stream is checked twice');
  if (checks.some(({ stream }) => stream === '')) throw new AppendRefused('a check of no stream');
  for (const { id, type } of records) {
    if (!/^[0-9a-f-]{36}$/i.test(id)) throw new AppendRefused(`no UUID: ${id}`);
    if (type === '') throw new AppendRefused('a record without a type');
  }
}

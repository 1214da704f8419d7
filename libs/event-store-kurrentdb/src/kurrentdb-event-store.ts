import {
  BACKWARDS,
  END,
  eventTypeFilter,
  FORWARDS,
  type KurrentDBClient,
  type ResolvedEvent,
  START,
  streamNameFilter,
  StreamNotFoundError,
} from '@kurrent/kurrentdb-client';
import {
  AppendRefused,
  type AppendOutcome,
  type EventLog,
  type EventStore,
  type EventTypeLog,
  type LogPosition,
  type NewRecord,
  type StoredRecord,
  StoreUnreachable,
  type StreamCheck,
  UnknownOutcome,
} from '@daybook/event-store';
import { meaningOf } from './append-errors';
import { withinDeadline } from './deadline';
import { followLog } from './follow-log';
import { type Appender, appenderOf } from './own-writing/appender';
import { readFailure } from './read-errors';
import { storedRecord } from './stored-record';

/**
 * Decisions rest on reads of single streams, and another node may not know of the newest writes
 * yet. The client asks for the leader by itself only when the URL prefers no other node.
 */
const OF_LEADER = { requiresLeader: true } as const;

/** The port on KurrentDB 26.1 or newer, through the vendor's client. */
export class KurrentDBEventStore implements EventStore, EventLog, EventTypeLog {
  private readonly appendAll: Appender;

  /** No call takes longer than the deadline: it has failed then, or its outcome is unknown. */
  constructor(
    private readonly client: KurrentDBClient,
    private readonly deadlineMs: number,
  ) {
    this.appendAll = appenderOf(client);
  }

  async append(
    records: readonly NewRecord[],
    checks: readonly StreamCheck[],
  ): Promise<AppendOutcome> {
    try {
      const position = await withinDeadline(
        this.appendAll(records, checks),
        this.deadlineMs,
        () => new UnknownOutcome('the store did not answer in time'),
      );
      return { committed: true, position };
    } catch (error) {
      const meaning = meaningOf(error);
      if (meaning instanceof AppendRefused || meaning instanceof UnknownOutcome) throw meaning;
      return { committed: false, violations: meaning };
    }
  }

  async readStream(stream: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    const fromRevision = BigInt(from);
    const options = { ...OF_LEADER, direction: FORWARDS, fromRevision, maxCount: limit } as const;
    return this.read(this.client.readStream(stream, options));
  }

  async readLast(stream: string): Promise<StoredRecord | undefined> {
    const options = { ...OF_LEADER, direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
    const [last] = await this.read(this.client.readStream(stream, options));
    return last;
  }

  async readAfter(
    position: LogPosition,
    limit: number,
    prefixes: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    const start = position === 'start';
    const fromPosition = start ? START : { commit: position, prepare: position };
    // The server counts from the given record on, which the caller has already.
    const maxCount = start ? limit : limit + 1;
    const filter = streamNameFilter({ prefixes: [...prefixes] });
    const options = { direction: FORWARDS, fromPosition, maxCount, filter } as const;
    const records = await this.read(this.client.readAll(options));
    const after = start ? records : records.filter((record) => record.position > position);
    return after.length > limit ? after.slice(0, limit) : after;
  }

  async end(): Promise<bigint | 'start'> {
    const options = { direction: BACKWARDS, fromPosition: END, maxCount: 1 } as const;
    const [newest] = await this.read(this.client.readAll(options));
    return newest?.position ?? 'start';
  }

  /** Resolves when the store answers a read; else throws `StoreUnreachable`. */
  async ping(): Promise<void> {
    await this.end();
  }

  follow(
    position: LogPosition,
    prefixes: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<StoredRecord> {
    return followLog(this.client, position, streamNameFilter({ prefixes: [...prefixes] }), signal);
  }

  followTypes(
    position: LogPosition,
    types: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<StoredRecord> {
    const wanted = eventTypeFilter({ prefixes: [...types] });
    return followLog(this.client, position, wanted, signal);
  }

  private async read(events: AsyncIterable<ResolvedEvent>): Promise<readonly StoredRecord[]> {
    try {
      return await withinDeadline(
        collect(events),
        this.deadlineMs,
        () => new StoreUnreachable('the store did not answer a read in time'),
      );
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw readFailure(error);
    }
  }
}

async function collect(events: AsyncIterable<ResolvedEvent>): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const { event } of events) if (event !== undefined) records.push(storedRecord(event));
  return records;
}

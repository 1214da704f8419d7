import {
  eventTypeFilter,
  type Filter,
  type KurrentDBClient,
  streamNameFilter,
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
import { type RawReader, rawReader, type ReadingOptions } from './client-channel';
import { withinDeadline } from './deadline';
import { recordsOf } from './own-reading/page';
import {
  logRequest,
  newestRequest,
  streamRequest,
  subscriptionRequest,
} from './own-reading/read-request';
import { RecordStream } from './own-reading/record-stream';
import { type Appender, appenderOf } from './own-writing/appender';
import { readFailure } from './read-errors';

/**
 * Decisions rest on reads of single streams, and a node that follows another may not know of the
 * newest writes yet.
 */
const OF_LEADER = { requiresLeader: true } as const;

/** Checkpoints are passed over, so the fewer the better: one after 32 times as many events. */
const checkpointInterval = 10_000;

/** The port on KurrentDB 26.1 or newer, on the channel of the vendor's client. */
export class KurrentDBEventStore implements EventStore, EventLog, EventTypeLog {
  private readonly appendAll: Appender;
  private readonly openRead: RawReader;

  /** No call takes longer than the deadline: it has failed then, or its outcome is unknown. */
  constructor(
    client: KurrentDBClient,
    private readonly deadlineMs: number,
  ) {
    this.appendAll = appenderOf(client);
    this.openRead = rawReader(client);
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

  readStream(stream: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.read(streamRequest(stream, from, limit), OF_LEADER);
  }

  async readLast(stream: string): Promise<StoredRecord | undefined> {
    const [last] = await this.read(streamRequest(stream, 'end', 1), OF_LEADER);
    return last;
  }

  async readAfter(
    position: LogPosition,
    limit: number,
    prefixes: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    const filter = streamNameFilter({ prefixes: [...prefixes] });
    if (position === 'start') return this.read(logRequest(position, limit, filter));
    // The server counts from the given record on, which the caller has already.
    const records = await this.read(logRequest(position, limit + 1, filter));
    const after = records.filter((record) => record.position > position);
    return after.length > limit ? after.slice(0, limit) : after;
  }

  async end(): Promise<bigint | 'start'> {
    const [newest] = await this.read(newestRequest());
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
    const filter = streamNameFilter({ prefixes: [...prefixes], checkpointInterval });
    return this.followed(position, filter, signal);
  }

  followTypes(
    position: LogPosition,
    types: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<StoredRecord> {
    const filter = eventTypeFilter({ prefixes: [...types], checkpointInterval });
    return this.followed(position, filter, signal);
  }

  private followed(position: LogPosition, filter: Filter, signal: AbortSignal): RecordStream {
    const open = () => this.openRead(subscriptionRequest(position, filter), { endless: true });
    return new RecordStream(open, signal);
  }

  private async read(request: Buffer, options?: ReadingOptions): Promise<readonly StoredRecord[]> {
    try {
      return await withinDeadline(
        this.openRead(request, options).then(recordsOf),
        this.deadlineMs,
        () => new StoreUnreachable('the store did not answer a read in time'),
      );
    } catch (error) {
      throw readFailure(error);
    }
  }
}

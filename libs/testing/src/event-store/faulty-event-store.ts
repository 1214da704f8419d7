import {
  AppendRefused,
  type AppendOutcome,
  type EventStore,
  type NewRecord,
  type StoredRecord,
  StoreUnreachable,
  type StreamCheck,
  UnknownOutcome,
} from '@daybook/event-store';

/**
 * What befalls one append: lost before it reached the store, its answer lost after the commit,
 * delayed on the wire until after its sender gave up, or refused for what it is.
 */
export type AppendFault = 'lost-before' | 'lost-after' | 'delayed' | 'refused';

/** What befalls the `nth` append (from 1), if anything; may hold it or let a rival in first. */
export type AppendFaults = (
  nth: number,
  records: readonly NewRecord[],
  checks: readonly StreamCheck[],
) => AppendFault | undefined | Promise<AppendFault | undefined | void>;

/** A store between which and its user things go wrong, as told. Counts what passes. */
export class FaultyEventStore implements EventStore {
  /** Everything fails as long as it is true, before reaching the store. */
  down = false;
  onAppend: AppendFaults = () => undefined;
  onRead: (stream: string) => void | Promise<void> = () => undefined;
  appends = 0;
  reads = 0;
  private late: (() => Promise<unknown>)[] = [];

  constructor(private readonly store: EventStore) {}

  async append(
    records: readonly NewRecord[],
    checks: readonly StreamCheck[],
  ): Promise<AppendOutcome> {
    this.appends += 1;
    if (this.down) throw new UnknownOutcome('down');
    const fault = await this.onAppend(this.appends, records, checks);
    if (this.down || fault === 'lost-before') throw new UnknownOutcome('lost before');
    if (fault === 'refused') throw new AppendRefused('refused');
    if (fault === 'delayed') {
      this.late.push(() => this.store.append(records, checks));
      throw new UnknownOutcome('delayed');
    }
    const outcome = await this.store.append(records, checks);
    if (this.down || fault === 'lost-after') throw new UnknownOutcome('lost after');
    return outcome;
  }

  /** Brings what was delayed to the store now; answers with what the store said to it. */
  async deliverLate(): Promise<unknown[]> {
    const late = this.late;
    this.late = [];
    const answers: unknown[] = [];
    for (const send of late) answers.push(await send());
    return answers;
  }

  async readStream(stream: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    await this.beforeRead(stream);
    return this.store.readStream(stream, from, limit);
  }

  async readLast(stream: string): Promise<StoredRecord | undefined> {
    await this.beforeRead(stream);
    return this.store.readLast(stream);
  }

  private async beforeRead(stream: string): Promise<void> {
    this.reads += 1;
    if (this.down) throw new StoreUnreachable('down');
    await this.onRead(stream);
  }
}

import { ReadStreams } from './read-streams';
import { RecentStreams } from './recent-streams';
import { StreamEntry } from './stream-entry';
import type { PackingModel } from './stream-model';

/** Bytes that an entry takes besides its state, where it was only written. */
const ENTRY_BYTES = 350;
/** Bytes of a row: a stream that decisions read, its packed state included. */
const ROW_BYTES = 580;

export interface CacheBounds {
  readonly recentStreamsMax: number;
  readonly cacheBytesMax: number;
  readonly unpackedStreamsMax: number;
}

/** When bytes are short, recent streams go after so many; dropping them costs a look at each. */
const GENERATION_MIN = 16;

/**
 * States in memory, bounded by bytes. Streams that decisions read push each other out by use;
 * streams that were only written (identities, one a command) are kept apart, so that they never
 * push out the accounts. Absence is never kept.
 */
export class StateCache<State> {
  private readonly read: ReadStreams<State>;
  private readonly recent = new RecentStreams<State>();
  private bytes = 0;

  constructor(
    private readonly bounds: CacheBounds,
    packing?: PackingModel<State>,
  ) {
    this.read = new ReadStreams(packing, bounds.unpackedStreamsMax);
  }

  get size(): number {
    return this.read.size + this.recent.size;
  }

  get(stream: string): StreamEntry<State> | undefined {
    return this.read.get(stream) ?? this.recent.get(stream);
  }

  /** The stream's entry, pinned until `release`; `read`: a decision will look at its state. */
  pin(stream: string, read: boolean): StreamEntry<State> {
    let entry = this.get(stream);
    if (entry === undefined) {
      entry = new StreamEntry<State>(stream);
      if (read) this.addRead(entry);
      else {
        this.recent.add(entry);
        this.bytes += ENTRY_BYTES;
      }
    } else if (read && !entry.wanted) {
      this.recent.delete(stream);
      this.bytes -= ENTRY_BYTES;
      this.addRead(entry);
    }
    entry.pins += 1;
    return entry;
  }

  release(entry: StreamEntry<State>): void {
    entry.pins -= 1;
    if (entry.pins > 0) return;
    if (entry.revision < 0 || !entry.known) return this.drop(entry);
    if (entry.wanted) this.bytes -= this.read.release(entry);
    this.makeRoom();
  }

  /** Tells the cache what an entry's state weighs now. */
  weigh(entry: StreamEntry<State>, weight: number): void {
    this.bytes += weight - entry.weight;
    entry.weight = weight;
  }

  private addRead(entry: StreamEntry<State>): void {
    this.read.add(entry);
    this.bytes += ROW_BYTES;
  }

  private drop(entry: StreamEntry<State>): void {
    const { stream, wanted, weight } = entry;
    if (wanted && this.read.delete(entry)) this.bytes -= ROW_BYTES + weight;
    else if (!wanted && this.recent.delete(stream)) this.forgetRecent(entry);
  }

  private readonly forgetRecent = (entry: StreamEntry<State>): void => {
    this.bytes -= ENTRY_BYTES + entry.weight;
  };

  private makeRoom(): void {
    const { recent, read, bounds } = this;
    const full = this.bytes > bounds.cacheBytesMax;
    const usual = bounds.recentStreamsMax / 2;
    const generation = full ? Math.min(GENERATION_MIN, usual) : usual;
    if (recent.added > generation) recent.age(this.forgetRecent);
    while (this.bytes > bounds.cacheBytesMax) {
      const weight = read.dropOne();
      if (weight === undefined) return;
      this.bytes -= ROW_BYTES + weight;
    }
  }
}

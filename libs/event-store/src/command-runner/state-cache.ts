import { RecentStreams } from './recent-streams';
import { StreamEntry } from './stream-entry';

/** Bytes that an entry takes besides its state. */
const ENTRY_BYTES = 350;

export interface CacheBounds {
  readonly recentStreamsMax: number;
  readonly cacheBytesMax: number;
}

/** When bytes are short, recent streams go after so many; dropping them costs a look at each. */
const GENERATION_MIN = 16;

/** How many entries are looked at for one that can go. */
const LOOKS = 16;

/** Entries of one kind, with a hand that goes round to find those not used since it last came. */
class Room<State> {
  readonly entries = new Map<string, StreamEntry<State>>();
  private hand = this.entries.values();

  /**
   * An entry that nobody holds or used since the hand came by, if one is near. The hand stays
   * where it is between calls: a map that is searched from its start each time is slow, as what
   * was deleted there is still stepped over.
   */
  next(): StreamEntry<State> | undefined {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const { value: entry, done } = this.hand.next();
      if (done) this.hand = this.entries.values();
      else if (entry.pins === 0 && !entry.used) return entry;
      else entry.used = false;
    }
    return undefined;
  }
}

/**
 * States in memory, bounded by bytes. Streams that decisions read push each other out by use;
 * streams that were only written (identities, one a command) are kept apart, so that they never
 * push out the accounts. Absence is never kept.
 */
export class StateCache<State> {
  private readonly wanted = new Room<State>();
  private readonly recent = new RecentStreams<State>();
  private bytes = 0;

  constructor(private readonly bounds: CacheBounds) {}

  get size(): number {
    return this.wanted.entries.size + this.recent.size;
  }

  get(stream: string): StreamEntry<State> | undefined {
    return this.wanted.entries.get(stream) ?? this.recent.get(stream);
  }

  /** The stream's entry, pinned until `release`; `read`: a decision will look at its state. */
  pin(stream: string, read: boolean): StreamEntry<State> {
    let entry = this.get(stream);
    if (entry === undefined) {
      entry = new StreamEntry<State>(stream);
      entry.wanted = read;
      if (read) this.wanted.entries.set(stream, entry);
      else this.recent.add(entry);
      this.bytes += ENTRY_BYTES;
    } else if (read && !entry.wanted) {
      this.recent.delete(stream);
      entry.wanted = true;
      this.wanted.entries.set(stream, entry);
    }
    entry.used = true;
    entry.pins += 1;
    return entry;
  }

  release(entry: StreamEntry<State>): void {
    entry.pins -= 1;
    if (entry.pins > 0) return;
    if (entry.revision < 0 || !entry.known) this.drop(entry);
    else this.makeRoom();
  }

  /** Tells the cache what an entry's state weighs now. */
  weigh(entry: StreamEntry<State>, weight: number): void {
    this.bytes += weight - entry.weight;
    entry.weight = weight;
  }

  private drop(entry: StreamEntry<State>): void {
    const { stream, wanted } = entry;
    const there = wanted ? this.wanted.entries.delete(stream) : this.recent.delete(stream);
    if (there) this.forgetBytes(entry);
  }

  private readonly forgetBytes = (entry: StreamEntry<State>): void => {
    this.bytes -= ENTRY_BYTES + entry.weight;
  };

  private makeRoom(): void {
    const { recent, wanted, bounds } = this;
    const full = this.bytes > bounds.cacheBytesMax;
    const usual = bounds.recentStreamsMax / 2;
    const generation = full ? Math.min(GENERATION_MIN, usual) : usual;
    if (recent.added > generation) recent.age(this.forgetBytes);
    while (this.bytes > bounds.cacheBytesMax) {
      const entry = wanted.next();
      if (entry === undefined) return;
      this.drop(entry);
    }
  }
}

import { StreamEntry } from './stream-entry';

/** Bytes that an entry takes besides its state. */
const ENTRY_BYTES = 400;

export interface CacheBounds {
  readonly streamsCachedMax: number;
  readonly recentStreamsMax: number;
  readonly cacheBytesMax: number;
}

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
 * States in memory, bounded by entries and bytes. Streams that decisions read push each other
 * out by use; streams that were only written (identities, one a command) have a smaller room of
 * their own, so that they never push out the accounts. Absence is never kept.
 */
export class StateCache<State> {
  private readonly wanted = new Room<State>();
  private readonly recent = new Room<State>();
  private bytes = 0;

  constructor(private readonly bounds: CacheBounds) {}

  get size(): number {
    return this.wanted.entries.size + this.recent.entries.size;
  }

  get(stream: string): StreamEntry<State> | undefined {
    return this.wanted.entries.get(stream) ?? this.recent.entries.get(stream);
  }

  /** The stream's entry, pinned until `release`; `read`: a decision will look at its state. */
  pin(stream: string, read: boolean): StreamEntry<State> {
    let entry = this.get(stream);
    if (entry === undefined) {
      entry = new StreamEntry<State>(stream);
      entry.wanted = read;
      this.roomOf(entry).entries.set(stream, entry);
      this.bytes += ENTRY_BYTES;
    } else if (read && !entry.wanted) {
      this.recent.entries.delete(stream);
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

  private roomOf(entry: StreamEntry<State>): Room<State> {
    return entry.wanted ? this.wanted : this.recent;
  }

  private drop(entry: StreamEntry<State>): void {
    if (this.roomOf(entry).entries.delete(entry.stream)) this.bytes -= ENTRY_BYTES + entry.weight;
  }

  private makeRoom(): void {
    const { recent, wanted, bounds } = this;
    for (let dropped = true; dropped;) {
      const over = this.bytes > bounds.cacheBytesMax;
      const crowded = recent.entries.size > bounds.recentStreamsMax;
      if (crowded || (over && recent.entries.size > 0)) dropped = this.evictFrom(recent);
      else if (over || wanted.entries.size > bounds.streamsCachedMax) {
        dropped = this.evictFrom(wanted);
      } else return;
    }
  }

  private evictFrom(room: Room<State>): boolean {
    const entry = room.next();
    if (entry !== undefined) this.drop(entry);
    return entry !== undefined;
  }
}

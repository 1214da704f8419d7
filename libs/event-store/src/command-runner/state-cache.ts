import { StreamEntry } from './stream-entry';

/** Bytes that an entry takes besides its state. */
const ENTRY_BYTES = 400;

export interface CacheBounds {
  readonly streamsCachedMax: number;
  readonly recentStreamsMax: number;
  readonly cacheBytesMax: number;
}

/**
 * States in memory, bounded by entries and bytes. Streams that decisions read push each other
 * out by last use; streams that were only written (identities, one a command) have a smaller
 * room of their own, so that they never push out the accounts. Absence is never kept.
 */
export class StateCache<State> {
  private readonly wanted = new Map<string, StreamEntry<State>>();
  private readonly recent = new Map<string, StreamEntry<State>>();
  private bytes = 0;

  constructor(private readonly bounds: CacheBounds) {}

  get size(): number {
    return this.wanted.size + this.recent.size;
  }

  get(stream: string): StreamEntry<State> | undefined {
    return this.wanted.get(stream) ?? this.recent.get(stream);
  }

  /** The stream's entry, pinned until `release`; `read`: a decision will look at its state. */
  pin(stream: string, read: boolean): StreamEntry<State> {
    let entry = this.get(stream);
    if (entry === undefined) {
      entry = new StreamEntry<State>(stream);
      entry.wanted = read;
      (read ? this.wanted : this.recent).set(stream, entry);
      this.bytes += ENTRY_BYTES;
    } else if (read) {
      (entry.wanted ? this.wanted : this.recent).delete(stream);
      entry.wanted = true;
      this.wanted.set(stream, entry);
    }
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
    if ((entry.wanted ? this.wanted : this.recent).delete(entry.stream)) {
      this.bytes -= ENTRY_BYTES + entry.weight;
    }
  }

  private makeRoom(): void {
    const { recent, wanted, bounds } = this;
    let more = true;
    while (more && recent.size > bounds.recentStreamsMax) more = this.evictFrom(recent);
    while (more && wanted.size > bounds.streamsCachedMax) more = this.evictFrom(wanted);
    while (more && this.bytes > bounds.cacheBytesMax) {
      more = this.evictFrom(recent.size > 0 ? recent : wanted);
    }
  }

  /** Drops the least recently used entry that nobody holds, if one is among the oldest few. */
  private evictFrom(room: Map<string, StreamEntry<State>>): boolean {
    let looks = 8;
    for (const [stream, entry] of room) {
      if (entry.pins === 0) {
        this.drop(entry);
        return true;
      }
      if (--looks === 0) return false;
      // Held by a command under way: it was just used, so it goes to the young end.
      room.delete(stream);
      room.set(stream, entry);
    }
    return false;
  }
}

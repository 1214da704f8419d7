import { PackedEntries } from './packed-entries';
import type { StreamEntry } from './stream-entry';
import type { PackingModel } from './stream-model';

/** How many places are looked at for one that can go. */
const LOOKS = 16;

/**
 * Streams that decisions read, each at a place of its own, with a hand that goes round the places to
 * find those not used since it last came.
 */
export class ReadStreams<State> {
  private readonly places = new Map<string, number>();
  /** By place: the stream's name, undefined where the place is free. */
  private readonly names: (string | undefined)[] = [];
  /** By place: undefined where the entry is packed. */
  private readonly entries: (StreamEntry<State> | undefined)[] = [];
  private readonly used: boolean[] = [];
  private readonly free: number[] = [];
  private readonly packed: PackedEntries<State> | undefined;
  /** A ring: the places of the last ones released, of some more than once. */
  private readonly released: number[] = [];
  private releases = 0;
  private hand = 0;

  constructor(
    packing: PackingModel<State> | undefined,
    private readonly unpackedStreamsMax: number,
  ) {
    this.packed = packing && new PackedEntries(packing);
  }

  get size(): number {
    return this.places.size;
  }

  get(stream: string): StreamEntry<State> | undefined {
    const place = this.places.get(stream);
    if (place === undefined) return undefined;
    this.used[place] = true;
    return (this.entries[place] ??= this.packed!.unpack(place, stream));
  }

  add(entry: StreamEntry<State>): void {
    const place = this.free.pop() ?? this.names.length;
    entry.place = place;
    this.places.set(entry.stream, place);
    this.names[place] = entry.stream;
    this.entries[place] = entry;
    this.used[place] = true;
  }

  /**
   * Takes note that nobody holds the entry any more. It stays an object for a while, as it may be
   * used again; packs the one whose time is over. Returns how much less states weigh now.
   */
  release(entry: StreamEntry<State>): number {
    const { released, unpackedStreamsMax: max } = this;
    const index = this.releases % max;
    const place = released[index];
    const oldest = place === undefined ? undefined : this.entries[place];
    released[index] = entry.place;
    entry.releasedAt = this.releases;
    this.releases += 1;
    // Otherwise it was used since, or dropped.
    return oldest?.releasedAt === entry.releasedAt - max ? this.pack(oldest) : 0;
  }

  /** False when it was not there. */
  delete(entry: StreamEntry<State>): boolean {
    if (!this.has(entry)) return false;
    this.clear(entry.place, entry.stream);
    return true;
  }

  /**
   * Drops a stream that nobody holds or used since the hand came by, if one is near; returns what
   * its state weighed, undefined when there is none.
   */
  dropOne(): number | undefined {
    const { names, entries, used } = this;
    for (let looks = 0; looks < LOOKS; looks += 1) {
      this.hand = this.hand + 1 < names.length ? this.hand + 1 : 0;
      const place = this.hand;
      const stream = names[place];
      const entry = entries[place];
      if (stream === undefined || (entry && entry.pins > 0)) continue;
      if (!used[place]) {
        this.clear(place, stream);
        return entry?.weight ?? 0;
      }
      used[place] = false;
    }
    return undefined;
  }

  private pack(entry: StreamEntry<State>): number {
    const { packed } = this;
    if (packed === undefined || entry.pins > 0 || !entry.settled) return 0;
    if (!packed.pack(entry)) return 0;
    this.entries[entry.place] = undefined;
    return entry.weight;
  }

  private has(entry: StreamEntry<State>): boolean {
    return this.entries[entry.place] === entry;
  }

  private clear(place: number, stream: string): void {
    this.places.delete(stream);
    this.names[place] = this.entries[place] = undefined;
    this.free.push(place);
  }
}

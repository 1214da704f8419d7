import { PackedEntries } from './packed-entries';
import type { StreamEntry } from './stream-entry';
import type { PackingModel } from './stream-model';

/** How many places are looked at for one that can go. */
const LOOKS = 16;

/**
 * Streams that decisions read, each at a place of its own. Two hands go round to find those not used
 * since they last came: one round the places for streams to drop, one round the objects for those to
 * pack.
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
  /** The entries that are objects and were released, each at its `slot`. */
  private readonly objects: StreamEntry<State>[] = [];
  private packingHand = 0;
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
   * Takes note that nobody holds the entry any more. It stays an object, as it may be used again;
   * where there are too many, packs some that were not. Returns how much less states weigh now.
   */
  release(entry: StreamEntry<State>): number {
    entry.used = true;
    if (this.packed === undefined) return 0;
    const freed = this.packSome(entry);
    if (entry.slot < 0) entry.slot = this.objects.push(entry) - 1;
    return freed;
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

  /** Packs objects near the hand while there are too many; returns what their states weighed. */
  private packSome(released: StreamEntry<State>): number {
    const { objects } = this;
    const max = this.unpackedStreamsMax - (released.slot < 0 ? 1 : 0);
    let freed = 0;
    for (let looks = 0; objects.length > max && looks < LOOKS; looks += 1) {
      this.packingHand = this.packingHand + 1 < objects.length ? this.packingHand + 1 : 0;
      const entry = objects[this.packingHand]!;
      if (entry.used) entry.used = false;
      else if (entry !== released && entry.pins === 0 && entry.settled) freed += this.pack(entry);
    }
    return freed;
  }

  /** What cannot be packed is left alone until it is released again. */
  private pack(entry: StreamEntry<State>): number {
    this.noObject(entry);
    if (!this.packed!.pack(entry)) return 0;
    this.entries[entry.place] = undefined;
    return entry.weight;
  }

  private noObject(entry: StreamEntry<State>): void {
    const last = this.objects.pop()!;
    if (last !== entry) {
      this.objects[entry.slot] = last;
      last.slot = entry.slot;
    }
    entry.slot = -1;
  }

  private has(entry: StreamEntry<State>): boolean {
    return this.entries[entry.place] === entry;
  }

  private clear(place: number, stream: string): void {
    const entry = this.entries[place];
    if (entry && entry.slot >= 0) this.noObject(entry);
    this.places.delete(stream);
    this.names[place] = this.entries[place] = undefined;
    this.free.push(place);
  }
}

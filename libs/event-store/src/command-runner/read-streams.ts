import { PlacedList } from '@daybook/kernel';
import { PackedEntries } from './packed-entries';
import type { StreamEntry } from './stream-entry';
import type { PackingModel } from './stream-model';

/** How many rows, or objects, are looked at for one that can go. */
const LOOKS = 16;

/**
 * Streams that decisions read, each in a row of its own. Two hands go round to find those not used
 * since they last came: one round the rows for streams to drop, one round the objects for those to
 * pack.
 */
export class ReadStreams<State> {
  private readonly rows = new Map<string, number>();
  /** By row: the stream's name, undefined where the row is free. */
  private readonly names: (string | undefined)[] = [];
  /** By row: undefined where the entry is packed. */
  private readonly entries: (StreamEntry<State> | undefined)[] = [];
  private readonly used: boolean[] = [];
  private readonly free: number[] = [];
  private readonly packed: PackedEntries<State> | undefined;
  /** The entries that are objects and were released. */
  private readonly objects = new PlacedList<StreamEntry<State>>();
  private packingHand = 0;
  private hand = 0;

  constructor(
    packing: PackingModel<State> | undefined,
    private readonly unpackedStreamsMax: number,
  ) {
    this.packed = packing && new PackedEntries(packing);
  }

  get size(): number {
    return this.rows.size;
  }

  get(stream: string): StreamEntry<State> | undefined {
    const row = this.rows.get(stream);
    if (row === undefined) return undefined;
    this.used[row] = true;
    return (this.entries[row] ??= this.packed!.unpack(row, stream));
  }

  add(entry: StreamEntry<State>): void {
    const row = this.free.pop() ?? this.names.length;
    entry.row = row;
    this.rows.set(entry.stream, row);
    this.names[row] = entry.stream;
    this.entries[row] = entry;
    this.used[row] = true;
  }

  /**
   * Takes note that nobody holds the entry any more. It stays an object, as it may be used again;
   * where there are too many, packs some that were not. Returns how much less states weigh now.
   */
  release(entry: StreamEntry<State>): number {
    entry.used = true;
    if (this.packed === undefined) return 0;
    if (!this.objects.has(entry)) this.objects.add(entry);
    return this.packOthers(entry);
  }

  /** False when it was not there. */
  delete(entry: StreamEntry<State>): boolean {
    if (!this.has(entry)) return false;
    this.clear(entry.row, entry.stream);
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
      const row = this.hand;
      const stream = names[row];
      const entry = entries[row];
      if (stream === undefined || (entry && entry.pins > 0)) continue;
      if (!used[row]) {
        this.clear(row, stream);
        return entry?.weight ?? 0;
      }
      used[row] = false;
    }
    return undefined;
  }

  /** Packs objects near the hand while there are too many; returns what their states weighed. */
  private packOthers(released: StreamEntry<State>): number {
    const { objects, unpackedStreamsMax: max } = this;
    let freed = 0;
    for (let looks = 0; objects.size > max && looks < LOOKS; looks += 1) {
      this.packingHand = this.packingHand + 1 < objects.size ? this.packingHand + 1 : 0;
      const entry = objects.at(this.packingHand);
      if (entry === released) continue;
      if (entry.used) entry.used = false;
      else if (entry.pins === 0 && entry.settled) freed += this.pack(entry);
    }
    return freed;
  }

  /** What cannot be packed is left alone until it is released again. */
  private pack(entry: StreamEntry<State>): number {
    this.objects.remove(entry);
    if (!this.packed!.pack(entry)) return 0;
    this.entries[entry.row] = undefined;
    return entry.weight;
  }

  private has(entry: StreamEntry<State>): boolean {
    return this.entries[entry.row] === entry;
  }

  private clear(row: number, stream: string): void {
    const entry = this.entries[row];
    if (entry && this.objects.has(entry)) this.objects.remove(entry);
    this.rows.delete(stream);
    this.names[row] = this.entries[row] = undefined;
    this.free.push(row);
  }
}

import { randomInt } from 'node:crypto';

/** Where an event that is known by its id lies. */
export interface KnownEvent {
  readonly streamNumber: number;
  readonly revision: number;
}

/**
 * The ids of the events written last, in bounded memory: what the original recognises a repeated
 * append by when no revision is expected. Of events with the same id the first is known, as there.
 * Ids are numbers in tables here, because texts and objects by the hundred thousand are work for the
 * collector.
 */
export class KnownEventIds {
  private young: IdTable;
  private old: IdTable;

  constructor(private readonly idsMax: number) {
    this.young = new IdTable(Math.ceil(idsMax / 2));
    this.old = new IdTable(Math.ceil(idsMax / 2));
  }

  find(id: string): KnownEvent | undefined {
    readId(id);
    return this.young.find() ?? this.old.find();
  }

  add(id: string, streamNumber: number, revision: number): void {
    readId(id);
    if (this.old.has()) return;
    this.young.add(streamNumber, revision);
    if (this.young.count < this.idsMax / 2) return;
    [this.young, this.old] = [this.old, this.young];
    this.young.clear();
  }
}

/** The id that was read last, as four numbers of 32 bits. */
const word = new Int32Array(4);
const hexValue = new Uint8Array(128);
for (let i = 0; i < 16; i++) hexValue[i.toString(16).charCodeAt(0)] = i;
const dash = 0x2d;

function readId(id: string): void {
  let digits = 0;
  let value = 0;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    if (code === dash) continue;
    value = (value << 4) | hexValue[code & 127]!;
    if ((++digits & 7) === 0) word[(digits >> 3) - 1] = value;
  }
}

/** Differ from process to process, so that nobody can choose ids that all meet in one place. */
const seeds = Int32Array.from({ length: 4 }, () => randomInt(2 ** 31) | 1);
const probesMax = 64;

/** A table of ids in at least twice as many places as it may hold, looked through from the id's own. */
class IdTable {
  count = 0;
  private readonly mask: number;
  /** In each place 0, or which entry is there, from 1. */
  private readonly places: Uint32Array;
  private readonly ids: Int32Array;
  private readonly streams: Float64Array;
  private readonly revisions: Float64Array;

  constructor(max: number) {
    const size = 2 ** Math.ceil(Math.log2(max * 2 + 2));
    this.mask = size - 1;
    this.places = new Uint32Array(size);
    this.ids = new Int32Array(max * 4 + 4);
    this.streams = new Float64Array(max + 1);
    this.revisions = new Float64Array(max + 1);
  }

  find(): KnownEvent | undefined {
    const entry = this.places[this.place()]!;
    if (entry === 0 || !this.holds(entry - 1)) return undefined;
    return { streamNumber: this.streams[entry - 1]!, revision: this.revisions[entry - 1]! };
  }

  has(): boolean {
    const entry = this.places[this.place()]!;
    return entry !== 0 && this.holds(entry - 1);
  }

  /** Adds the id unless it is there, or its neighbourhood is full of others. */
  add(streamNumber: number, revision: number): void {
    const place = this.place();
    if (this.places[place] !== 0) return;
    const entry = this.count++;
    this.places[place] = entry + 1;
    this.ids.set(word, entry * 4);
    this.streams[entry] = streamNumber;
    this.revisions[entry] = revision;
  }

  clear(): void {
    this.count = 0;
    this.places.fill(0);
  }

  /** Where the id is, or else where it would go. */
  private place(): number {
    let hash = 0;
    for (let i = 0; i < 4; i++) {
      hash = Math.imul(hash ^ word[i]!, seeds[i]!);
      hash ^= hash >>> 15;
    }
    let place = hash & this.mask;
    for (let probes = 1; probes < probesMax; probes++) {
      const entry = this.places[place]!;
      if (entry === 0 || this.holds(entry - 1)) return place;
      place = (place + 1) & this.mask;
    }
    return place;
  }

  private holds(entry: number): boolean {
    const at = entry * 4;
    const { ids } = this;
    return (
      ids[at] === word[0] &&
      ids[at + 1] === word[1] &&
      ids[at + 2] === word[2] &&
      ids[at + 3] === word[3]
    );
  }
}

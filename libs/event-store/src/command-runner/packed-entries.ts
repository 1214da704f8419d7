import { StreamEntry } from './stream-entry';
import type { PackingModel } from './stream-model';

/** Room for an entry's text: an account has 250 bytes, 300 with ids as long as UUIDs. */
const TEXT_BYTES = 352;
const CHUNK_ENTRIES = 4_096;

/** Columns of numbers, in order: 64-bit floats hold logical times and revisions exactly. */
const REVISION = 0;
const OWN_SINCE = 1;
const TAKEN_OVER_AT = 2;
const SHOWN_AT = 3;
const SNAPSHOT_REVISION = 4;
const TEXT_LENGTH = 5;
const NUMBERS = 6;

const NO_POSITION = -1n;

class Chunk {
  readonly numbers = new Float64Array(CHUNK_ENTRIES * NUMBERS);
  readonly positions = new BigInt64Array(CHUNK_ENTRIES);
  readonly texts = Buffer.allocUnsafeSlow(CHUNK_ENTRIES * TEXT_BYTES);
}

/**
 * Entries that no command holds, as bytes outside of V8's heap, each in a row of its own: a
 * million of them as objects would be walked by every full collection, and each change of one
 * would be a young object in an old one.
 */
export class PackedEntries<State> {
  private readonly chunks: Chunk[] = [];

  constructor(private readonly model: PackingModel<State>) {}

  /** False, and nothing is written, when the entry has to stay an object. */
  pack(entry: StreamEntry<State>): boolean {
    if (entry.state === undefined) return false;
    const packed = this.model.pack(entry.state);
    if (packed === undefined) return false;
    const text = `${entry.recordId}\n${packed}`;
    // No character takes more than three bytes.
    if (text.length * 3 > TEXT_BYTES && Buffer.byteLength(text) > TEXT_BYTES) return false;
    const { row } = entry;
    const chunk = (this.chunks[Math.floor(row / CHUNK_ENTRIES)] ??= new Chunk());
    const index = row % CHUNK_ENTRIES;
    const at = index * NUMBERS;
    const { numbers } = chunk;
    numbers[at + REVISION] = entry.revision;
    numbers[at + OWN_SINCE] = entry.ownSince;
    numbers[at + TAKEN_OVER_AT] = entry.takenOverAt;
    numbers[at + SHOWN_AT] = entry.shownAt;
    numbers[at + SNAPSHOT_REVISION] = entry.snapshotRevision;
    numbers[at + TEXT_LENGTH] = chunk.texts.write(text, index * TEXT_BYTES);
    chunk.positions[index] = entry.position ?? NO_POSITION;
    return true;
  }

  /** The entry that was packed into that row. */
  unpack(row: number, stream: string): StreamEntry<State> {
    const { numbers, positions, texts } = this.chunks[Math.floor(row / CHUNK_ENTRIES)]!;
    const index = row % CHUNK_ENTRIES;
    const at = index * NUMBERS;
    const start = index * TEXT_BYTES;
    const text = texts.toString('utf8', start, start + numbers[at + TEXT_LENGTH]!);
    const end = text.indexOf('\n');
    const position = positions[index]!;
    const entry = new StreamEntry<State>(stream);
    entry.row = row;
    entry.state = this.model.unpack(text.slice(end + 1));
    entry.recordId = text.slice(0, end);
    entry.revision = entry.firmRevision = numbers[at + REVISION]!;
    entry.ownSince = numbers[at + OWN_SINCE]!;
    entry.takenOverAt = numbers[at + TAKEN_OVER_AT]!;
    entry.shownAt = numbers[at + SHOWN_AT]!;
    entry.snapshotRevision = numbers[at + SNAPSHOT_REVISION]!;
    entry.position = position === NO_POSITION ? undefined : position;
    entry.known = true;
    return entry;
  }
}

import type { StreamEntry } from './stream-entry';

/**
 * Streams that were only written (identities, one a command), in two generations: the younger one
 * becomes the elder, and the elder is dropped whole. Nothing is deleted one by one: the tables
 * that a map leaves behind as it shrinks keep what was in them alive, and cost as much garbage
 * collection as all the rest of a command.
 */
export class RecentStreams<State> {
  private young = new Map<string, StreamEntry<State>>();
  private elder = new Map<string, StreamEntry<State>>();
  /** Entries added since the last dropping. */
  added = 0;

  get size(): number {
    return this.young.size + this.elder.size;
  }

  get(stream: string): StreamEntry<State> | undefined {
    return this.young.get(stream) ?? this.elder.get(stream);
  }

  add(entry: StreamEntry<State>): void {
    this.young.set(entry.stream, entry);
    this.added += 1;
  }

  /** False when it was not there. */
  delete(stream: string): boolean {
    return this.young.delete(stream) || this.elder.delete(stream);
  }

  /** Drops the elder generation but for what is pinned; tells of each entry that goes. */
  age(dropped: (entry: StreamEntry<State>) => void): void {
    const kept = new Map<string, StreamEntry<State>>();
    for (const [stream, entry] of this.elder) {
      if (entry.pins > 0) kept.set(stream, entry);
      else dropped(entry);
    }
    this.elder = this.young;
    this.young = kept;
    this.added = 0;
  }
}

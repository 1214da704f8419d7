import type { EventKind } from './event-kind';
import { streamKeyOf } from './stream-name';

/** What is known of a committed group without reading it. */
export interface CommittedGroup {
  /** Where it begins in the log, and where the log goes on behind it. */
  readonly start: number;
  readonly end: number;
  /** Position of its last event. */
  readonly last: number;
  readonly eventCount: number;
  /** The streams that it wrote to, each once. */
  readonly streams: readonly { readonly key: string }[];
  /** What kinds of events it wrote. */
  readonly kinds: ReadonlySet<EventKind>;
}

/**
 * Tells subscriptions that something was written. News carry no events: a watcher reads on from
 * where it stands, so a slow one costs nothing but its place, and none can miss an event.
 */
export class Watchers {
  private readonly ofLog = new Set<(group: CommittedGroup) => void>();
  private readonly ofStream = new Map<string, Set<() => void>>();

  /** Calls back after every commit until the returned function is called. */
  watchLog(listener: (group: CommittedGroup) => void): () => void {
    this.ofLog.add(listener);
    return () => void this.ofLog.delete(listener);
  }

  /** Calls back after every commit that wrote to the stream. */
  watchStream(name: Buffer, listener: () => void): () => void {
    const key = streamKeyOf(name);
    let listeners = this.ofStream.get(key);
    if (!listeners) this.ofStream.set(key, (listeners = new Set()));
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.ofStream.get(key) === listeners) this.ofStream.delete(key);
    };
  }

  /** Tells those who watch the log, and those who watch one of the streams. */
  notify(group: CommittedGroup): void {
    if (group.streams.length === 0) return;
    for (const listener of [...this.ofLog]) listener(group);
    if (this.ofStream.size === 0) return;
    for (const { key } of group.streams) {
      const listeners = this.ofStream.get(key);
      if (listeners) for (const listener of [...listeners]) listener();
    }
  }
}

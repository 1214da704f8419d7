import { streamKeyOf } from './stream-name';

/**
 * Tells subscriptions that something was written. News carry no events: a watcher reads on from
 * where it stands, so a slow one costs nothing but its place, and none can miss an event.
 */
export class Watchers {
  private readonly ofLog = new Set<() => void>();
  private readonly ofStream = new Map<string, Set<() => void>>();

  /** Calls back after every commit until the returned function is called. */
  watchLog(listener: () => void): () => void {
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
  notify(streams: readonly { readonly key: string }[]): void {
    if (streams.length === 0) return;
    for (const listener of [...this.ofLog]) listener();
    if (this.ofStream.size === 0) return;
    for (const { key } of streams) {
      const listeners = this.ofStream.get(key);
      if (listeners) for (const listener of [...listeners]) listener();
    }
  }
}

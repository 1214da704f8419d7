import type { EventStore } from '../storage/event-store';
import {
  linkProjections,
  linkStreamOf,
  linkTo,
  type LinkProjection,
  type PendingLink,
} from '../storage/link-streams';
import { EventFlag, type StoredEvent } from '../storage/stored-event';
import { decodeRecordedEvent } from '../storage/recorded-event';
import { parseState, type Progress, type ProjectionState } from './projection-state';
import { nextTurn } from '../streams/read';
import { Wake } from '../streams/wake';

const pageLinksMax = 500;
// The original takes a moment to start a projection, and clients count on it: they switch one on,
// append, and subscribe to what it will write from the end.
const startMs = 300;

/**
 * Writes the links of the projections that a client switched on, late and in order as the original
 * does, from the log's start. What is written and how far it came are one transaction.
 */
export class LinkProjector {
  private saved: ProjectionState;
  private readonly starting = new Set<LinkProjection>();
  private readonly wake = new Wake();
  private readonly unwatch: () => void;
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly onDefect: (error: unknown) => void,
  ) {
    this.saved = parseState(store.projectionState());
    this.unwatch = store.watchers.watchLog(this.wake.signal);
    if (linkProjections.some((name) => this.saved.progress[name]?.enabled)) this.run();
  }

  /** Switches a projection on; it goes on where it was, or begins with the log's first event. */
  async enable(name: LinkProjection): Promise<void> {
    const known = this.saved.progress[name];
    if (known?.enabled) return;
    const position = known?.position ?? (this.saved.linked ? this.store.log.end : 0);
    this.starting.add(name);
    await this.save([], name, { position, enabled: true });
    this.run();
    setTimeout(() => {
      this.starting.delete(name);
      this.wake.signal();
    }, startMs).unref();
  }

  /** Switches a projection off; it keeps its place. */
  async disable(name: LinkProjection): Promise<void> {
    const known = this.saved.progress[name];
    if (known?.enabled) await this.save([], name, { ...known, enabled: false });
  }

  /** Catches up with the log and leaves the rest to the writer: the option `linkStreams` is on. */
  async handOver(): Promise<void> {
    await this.close();
    while (await this.step());
    if (!this.saved.linked) await this.write([], { linked: true, progress: {} });
  }

  /** Ends the work; what is not done is done after the next start. */
  async close(): Promise<void> {
    this.stopping = true;
    this.unwatch();
    this.wake.signal();
    await this.running;
  }

  private run(): void {
    this.running ??= this.work().catch((error: unknown) => {
      if (!this.stopping) this.onDefect(error);
    });
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      this.wake.begin();
      if (!(await this.step())) await this.wake.sleep();
    }
  }

  /** One page of each projection that is behind; false when none is. */
  private async step(): Promise<boolean> {
    let worked = false;
    for (const name of linkProjections) {
      const progress = this.saved.progress[name];
      if (!progress?.enabled || this.starting.has(name)) continue;
      if (progress.position >= this.store.log.end) continue;
      worked = true;
      const { links, next } = this.page(name, progress.position);
      // Where there was nothing to link the place is saved with the next link.
      if (links.length > 0) await this.save(links, name, { position: next });
      else this.keep(name, { position: next });
      await nextTurn();
    }
    return worked;
  }

  private page(name: LinkProjection, from: number): { links: PendingLink[]; next: number } {
    const links: PendingLink[] = [];
    const sink = (stored: StoredEvent): boolean => {
      const { streamName: stream, revision } = stored;
      const ours = EventFlag.Link | EventFlag.Metadata | EventFlag.Tombstone;
      if (stored.flags & ours) return true;
      const { metadata } = decodeRecordedEvent(stored.record);
      const event = { id: stored.id, type: stored.type, metadata };
      const linkStream = linkStreamOf(name, stream, revision, event);
      if (linkStream) links.push(linkTo(linkStream, stream, revision, event));
      return links.length < pageLinksMax;
    };
    const { next, done } = this.store.log.forwards(from, sink);
    return { links, next: done ? Math.max(next, this.store.log.end) : next };
  }

  private save(
    links: readonly PendingLink[],
    name: LinkProjection,
    change: Partial<Progress>,
  ): Promise<void> {
    this.keep(name, change);
    return this.write(links, this.saved);
  }

  private keep(name: LinkProjection, change: Partial<Progress>): void {
    const before = this.saved.progress[name] ?? { position: 0, enabled: false };
    const progress = { ...this.saved.progress, [name]: { ...before, ...change } };
    this.saved = { ...this.saved, progress };
  }

  private async write(links: readonly PendingLink[], saved: ProjectionState): Promise<void> {
    this.saved = saved;
    await this.store.writeLinks(links, Buffer.from(JSON.stringify(saved)));
  }
}

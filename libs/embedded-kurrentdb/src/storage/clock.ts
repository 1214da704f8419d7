/** One stamp of a written event. */
export interface Stamp {
  readonly ms: number;
  /** 100 ns since the millisecond began. */
  readonly tick: number;
}

/**
 * The store's clock: every event gets a stamp of its own, and stamps never go back, not even when
 * the machine's clock does or the store is opened again.
 */
export class Clock {
  private ms = 0;
  private tick = 0;

  get lastMs(): number {
    return this.ms;
  }

  /** Stamps from now on lie behind that time. */
  advanceTo(ms: number): void {
    if (ms < this.ms) return;
    this.ms = ms + 1;
    this.tick = 0;
  }

  next(): Stamp {
    const now = Date.now();
    if (now > this.ms) {
      this.ms = now;
      this.tick = 0;
    } else if (++this.tick === 10_000) {
      this.ms++;
      this.tick = 0;
    }
    return { ms: this.ms, tick: this.tick };
  }
}

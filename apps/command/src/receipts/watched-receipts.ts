import type { LogPosition } from '@daybook/event-store';

const REMEMBERED_MAX = 10_000;
const OPEN_MAX = 10_000;

interface Noted {
  readonly position: bigint;
  settled: boolean;
}

/** Which receipts of the log are settled, and up to where all are. */
export class WatchedReceipts {
  /** Not settled, or behind one that is not; in order of the log. */
  private readonly open = new Map<string, Noted>();
  /** Settled before the log brought them. */
  private readonly early = new Set<string>();
  private place: LogPosition = 'start';
  private taken: LogPosition = 'start';

  begin(place: LogPosition): void {
    this.place = place;
    this.taken = place;
  }

  /** As many wait behind one that cannot be settled as are kept: note no more for now. */
  get isFull(): boolean {
    return this.open.size >= OPEN_MAX;
  }

  /** Takes note of a receipt in the log; true when it is settled already. */
  note(commandId: string, position: bigint): boolean {
    const settled = this.early.delete(commandId);
    this.open.set(commandId, { position, settled });
    this.advance();
    return settled;
  }

  settled(commandId: string): void {
    const noted = this.open.get(commandId);
    if (noted) {
      noted.settled = true;
      return this.advance();
    }
    this.early.add(commandId);
    if (this.early.size <= REMEMBERED_MAX) return;
    // One that is forgotten is decided again when the log brings it, which changes nothing.
    for (const oldest of this.early) {
      this.early.delete(oldest);
      return;
    }
  }

  /** Whether one that was noted is settled by now. */
  isSettled(commandId: string): boolean {
    return this.open.get(commandId)?.settled ?? true;
  }

  /** The place before which all are settled, when it is further than the last time. */
  takeProgress(): LogPosition | undefined {
    if (this.place === this.taken) return undefined;
    this.taken = this.place;
    return this.place;
  }

  private advance(): void {
    for (const [commandId, { position, settled }] of this.open) {
      if (!settled) return;
      this.place = position;
      this.open.delete(commandId);
    }
  }
}

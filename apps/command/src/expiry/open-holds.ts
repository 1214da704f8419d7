import type { LogPosition } from '@daybook/event-store';
import { earlier } from '../log-watch/checkpoint';

/** A pending transaction that expires. */
export interface OpenHold {
  readonly transactionId: string;
  /** When to try, by the clock of this process. */
  readonly dueMs: number;
  /** The watched record before this one: going on after it finds this hold again. */
  readonly previous: LogPosition;
  readonly position: bigint;
}

/** Holds by the time they are due, at most so many; those due last are let go of first. */
export class OpenHolds {
  /** In descending order of time: the next one stands at the end. */
  private readonly holds: OpenHold[] = [];
  private readonly byId = new Map<string, OpenHold>();
  /** Where to read again for the holds that there was no room for. */
  overflow: LogPosition | undefined;

  constructor(private readonly most: number) {}

  get size(): number {
    return this.holds.length;
  }

  add(hold: OpenHold): void {
    if (this.byId.has(hold.transactionId)) return;
    this.byId.set(hold.transactionId, hold);
    this.holds.splice(this.placeOf(hold.dueMs), 0, hold);
    if (this.holds.length <= this.most) return;
    const [last] = this.holds.splice(0, 1);
    if (!last) return;
    this.byId.delete(last.transactionId);
    this.overflow = earlier(this.overflow, last.previous);
  }

  /** Forgets a hold that ended before its time. */
  remove(transactionId: string): void {
    const hold = this.byId.get(transactionId);
    if (!hold) return;
    this.byId.delete(transactionId);
    this.holds.splice(this.holds.indexOf(hold, this.placeOf(hold.dueMs)), 1);
  }

  /** Takes the next hold that is due. */
  takeDue(nowMs: number): OpenHold | undefined {
    const next = this.holds.at(-1);
    if (!next || next.dueMs > nowMs) return undefined;
    this.holds.pop();
    this.byId.delete(next.transactionId);
    return next;
  }

  /** The place from which every open hold is found again; `upTo` when there is none. */
  safePlace(upTo: LogPosition, underWay: Iterable<OpenHold>): LogPosition {
    let oldest: OpenHold | undefined;
    for (const holds of [this.holds, underWay]) {
      for (const hold of holds) {
        if (!oldest || hold.position < oldest.position) oldest = hold;
      }
    }
    const place = oldest ? oldest.previous : upTo;
    return earlier(this.overflow, place);
  }

  private placeOf(dueMs: number): number {
    let low = 0;
    let high = this.holds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.holds[middle]?.dueMs ?? 0) > dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

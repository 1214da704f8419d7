import type { Place } from '../log-watch/checkpoint';

const REMEMBERED_MAX = 10_000;

/** Which receipts of the log are settled, and up to where all are. */
export class WatchedReceipts {
  private readonly open: { readonly commandId: string; readonly position: bigint }[] = [];
  private readonly recent = new Set<string>();
  private place: Place = 'start';
  private taken: Place = 'start';

  begin(place: Place): void {
    this.place = place;
    this.taken = place;
  }

  /** Takes note of a receipt in the log; true when it is settled already. */
  note(commandId: string, position: bigint): boolean {
    this.open.push({ commandId, position });
    const settled = this.recent.has(commandId);
    if (settled) this.advance();
    return settled;
  }

  settled(commandId: string): void {
    this.recent.add(commandId);
    if (this.recent.size > REMEMBERED_MAX) {
      for (const oldest of this.recent) {
        if (!this.open.some((each) => each.commandId === oldest)) this.recent.delete(oldest);
        break;
      }
    }
    this.advance();
  }

  isSettled(commandId: string): boolean {
    return this.recent.has(commandId);
  }

  /** The place before which all are settled, when it is further than the last time. */
  takeProgress(): Place | undefined {
    if (this.place === this.taken) return undefined;
    this.taken = this.place;
    return this.place;
  }

  private advance(): void {
    let done = 0;
    for (const { commandId, position } of this.open) {
      if (!this.recent.has(commandId)) break;
      this.place = position;
      done += 1;
    }
    if (done > 0) this.open.splice(0, done);
  }
}

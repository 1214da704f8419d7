/**
 * Hands out work in waves: an account's items one at a time and in order (each answer may decide
 * what comes next for that account), many accounts at once.
 */
export class Schedule<Item> {
  private readonly waiting = new Map<string, Item[]>();
  private readonly busy = new Set<string>();
  private count = 0;

  /** Items waiting, the ones handed out not counted. */
  get size(): number {
    return this.count;
  }

  add(account: string, item: Item): void {
    const queue = this.waiting.get(account);
    if (queue) queue.push(item);
    else this.waiting.set(account, [item]);
    this.count++;
  }

  /** At most `limit` items, one an account, none of an account that is still busy. */
  take(limit: number): { account: string; item: Item }[] {
    const taken: { account: string; item: Item }[] = [];
    for (const [account, queue] of this.waiting) {
      if (taken.length >= limit) break;
      if (this.busy.has(account)) continue;
      const item = queue.shift();
      if (item === undefined) continue;
      if (queue.length === 0) this.waiting.delete(account);
      this.busy.add(account);
      this.count--;
      taken.push({ account, item });
    }
    return taken;
  }

  /** The item taken for an account is done; what must come next goes before all that waits. */
  done(account: string, next?: Item): void {
    this.busy.delete(account);
    if (next === undefined) return;
    this.waiting.set(account, [next, ...(this.waiting.get(account) ?? [])]);
    this.count++;
  }
}

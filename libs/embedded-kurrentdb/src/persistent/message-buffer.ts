import type { GroupMessage, LeftOut } from './group-message';

interface Queued<E> {
  message: GroupMessage<E>;
  leftOut: LeftOut | undefined;
}

/** What a buffered message's turn came to. */
export type Turn = 'sent' | 'wait' | 'stop';

/**
 * The messages read but not sent: those to be tried again, which go first and in the order of their
 * places, and the new ones. What a filter left out rides behind the new message before it.
 */
export class MessageBuffer<E> {
  #retries: GroupMessage<E>[] = [];
  #fresh: Queued<E>[] = [];
  /** Sent messages stay until the array is compacted: removing heads one by one is quadratic. */
  #head = 0;

  get freshCount(): number {
    return this.#fresh.length - this.#head;
  }

  get retryCount(): number {
    return this.#retries.length;
  }

  addFresh(message: GroupMessage<E>): void {
    this.#fresh.push({ message, leftOut: undefined });
  }

  /** Notes what was left out behind the last new message; false when there is none to wait for. */
  leaveOut(leftOut: LeftOut): boolean {
    const last = this.freshCount > 0 ? this.#fresh.at(-1) : undefined;
    if (!last) return false;
    const before = last.leftOut?.count ?? 0;
    last.leftOut = { upTo: leftOut.upTo, count: before + leftOut.count };
    return true;
  }

  /** Replayed messages go last, others before the first one with a higher place. */
  addRetry(message: GroupMessage<E>): void {
    const index = message.replayed
      ? -1
      : this.#retries.findIndex((other) => !other.replayed && other.place > message.place);
    if (index === -1) this.#retries.push(message);
    else this.#retries.splice(index, 0, message);
  }

  /** Adds behind every other retry, for a message whose own consumer is busy. */
  addRetryLast(message: GroupMessage<E>): void {
    this.#retries.push(message);
  }

  /** Offers every retry in turn; those that were sent leave, 'stop' ends the round. */
  offerRetries(offer: (message: GroupMessage<E>) => Turn): 'done' | 'stop' {
    if (this.#retries.length === 0) return 'done';
    const kept: GroupMessage<E>[] = [];
    for (const [index, message] of this.#retries.entries()) {
      const turn = offer(message);
      if (turn === 'stop') {
        this.#retries = [...kept, ...this.#retries.slice(index)];
        return 'stop';
      }
      if (turn === 'wait') kept.push(message);
    }
    this.#retries = kept;
    return 'done';
  }

  peekFresh(): Queued<E> | undefined {
    return this.#fresh[this.#head];
  }

  dropFresh(): void {
    this.#head++;
    if (this.#head > 64 && this.#head * 2 > this.#fresh.length) {
      this.#fresh = this.#fresh.slice(this.#head);
      this.#head = 0;
    }
  }
}

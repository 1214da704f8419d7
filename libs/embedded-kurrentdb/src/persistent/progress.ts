/** When a group stores its checkpoint, from its settings. */
export interface CheckpointRules {
  readonly afterMs: number;
  readonly minCount: number;
  readonly maxCount: number;
}

/**
 * How far a group has come: numbers the messages it sends, knows which of them are unsettled, and
 * says when the place before the first unsettled one is to be stored. A checkpoint never passes a
 * message that was neither answered nor parked.
 */
export class Progress {
  /** Unsettled sequence numbers, each with the place before it; insertion order is their order. */
  readonly #unsettled = new Map<number, bigint | undefined>();
  #next = 0;
  #lastPlace: bigint | undefined;
  #checkpointedSequence = -1;
  #checkpointedAt = -Infinity;
  #checkpoint: bigint | undefined;

  constructor(
    private readonly rules: CheckpointRules,
    checkpoint: bigint | undefined,
  ) {
    if (checkpoint === undefined) return;
    this.#next = 1;
    this.#checkpointedSequence = 0;
    this.#lastPlace = checkpoint;
    this.#checkpoint = checkpoint;
  }

  get checkpoint(): bigint | undefined {
    return this.#checkpoint;
  }

  /** The next message in order is sent: its number. Untracked ones count as settled at once. */
  sent(place: bigint, tracked: boolean): number {
    const sequence = this.#next++;
    if (tracked) this.#unsettled.set(sequence, this.#lastPlace);
    this.#lastPlace = place;
    return sequence;
  }

  /** Events up to this place were left out by the filter. */
  passed(upTo: bigint, count: number): void {
    this.#next += count;
    this.#lastPlace = upTo;
  }

  settled(sequence: number | undefined): void {
    if (sequence !== undefined) this.#unsettled.delete(sequence);
  }

  /** The place to store now, if it is time; asking again without progress gives nothing. */
  due(now: number, isClockTick: boolean): bigint | undefined {
    const [sequence, place] = this.#lowest();
    if (place === undefined) return undefined;
    const progressed = sequence - this.#checkpointedSequence;
    const full = progressed >= Math.max(1, this.rules.maxCount);
    // After 0 ms means: by count alone.
    const { afterMs } = this.rules;
    const rested = afterMs !== 0 && now - this.#checkpointedAt >= afterMs;
    const enough = progressed >= Math.max(1, this.rules.minCount);
    if (!full && !(isClockTick && rested && enough)) return undefined;
    this.#checkpointedAt = now;
    this.#checkpointedSequence = sequence;
    this.#checkpoint = place;
    return place;
  }

  /** The place that a checkpoint could have by now, when it is another than the stored one. */
  unstored(): bigint | undefined {
    const [sequence, place] = this.#lowest();
    return sequence > this.#checkpointedSequence ? place : undefined;
  }

  #lowest(): readonly [number, bigint | undefined] {
    const first = this.#unsettled.entries().next();
    if (first.done) return [this.#next - 1, this.#lastPlace];
    const [sequence, placeBefore] = first.value;
    return [sequence - 1, placeBefore];
  }
}

const windowSize = 1_000;
const percentiles: readonly (readonly [string, number])[] = [
  ['Quintile 1', 0],
  ['Quintile 2', 20],
  ['Quintile 3', 40],
  ['Quintile 4', 60],
  ['Quintile 5', 80],
  ['90%', 90],
  ['95%', 95],
  ['99%', 99],
  ['99.5%', 99.5],
  ['99.9%', 99.9],
];

/** One observed measurement: its name and whole milliseconds. */
export interface Measurement {
  readonly key: string;
  readonly value: number;
}

/** How long consumers took to answer, over the last thousand answers. */
export class ResponseTimes {
  readonly #running = new Map<string, number>();
  #window: number[] = [];

  started(id: string, now: number): void {
    this.#running.set(id, now);
  }

  ended(id: string, now: number): void {
    const start = this.#running.get(id);
    if (start === undefined) return;
    this.#running.delete(id);
    this.#window.push(Math.max(0, Math.floor(now - start)));
    // Trimmed now and then, not at every answer: an array's head is costly to remove.
    if (this.#window.length >= windowSize * 2) this.#window = this.#window.slice(-windowSize);
  }

  /** Mean, median and percentiles; empty before the first answer. */
  measurements(): Measurement[] {
    const sorted = this.#window.slice(-windowSize).sort((a, b) => a - b);
    const count = sorted.length;
    if (count === 0) return [];
    const at = (index: number) => sorted[Math.min(index, count - 1)] ?? 0;
    const sum = sorted.reduce((total, value) => total + value, 0);
    return [
      { key: 'Mean', value: Math.floor(sum / count) },
      { key: 'Median', value: at(Math.floor(count / 2)) },
      { key: 'Fastest', value: at(0) },
      ...percentiles.map(([key, p]) => ({ key, value: at(Math.floor((p / 100) * count)) })),
      { key: 'Highest', value: at(count - 1) },
    ];
  }
}

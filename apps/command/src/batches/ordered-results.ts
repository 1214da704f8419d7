/** Commands of one batch that may be under way at once. */
export const COMMANDS_UNDER_WAY_MAX = 512;
/** Bytes of lines that may be under way at once, but for the first. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Bytes of lines of all batches that may be under way at once, but for the first of each. */
const ALL_BYTES_MAX = 4 * WINDOW_BYTES;

/** The lines of all batches that are under way. */
export interface LinesUnderWay {
  bytes: number;
}

interface Slot {
  settled: boolean;
  readonly bytes: number;
  readonly value: Promise<string>;
}

/** How far the reading is. */
interface Reading {
  ended: boolean;
  stopped: boolean;
  error: unknown;
  /** Of all slots. */
  bytes: number;
  readonly all: LinesUnderWay;
}

/**
 * Runs what it reads, in order of arrival and up to a window at once, and yields the results as
 * text in the same order: as soon as there are any, several together when several are there.
 * It reads no further than its results are taken, so a slow reader slows the sender down; nor more
 * than one item at once while `all` are too many.
 */
export async function* orderedResults<Item>(
  items: AsyncIterable<Item>,
  run: (item: Item, index: number) => Promise<string>,
  all: LinesUnderWay = { bytes: 0 },
): AsyncGenerator<string> {
  const slots: Slot[] = [];
  const change = new Signal();
  const reading: Reading = { ended: false, stopped: false, error: undefined, bytes: 0, all };
  const release = (bytes: number) => {
    reading.bytes -= bytes;
    all.bytes -= bytes;
  };
  void readAll(items, run, slots, change, reading);
  try {
    for (;;) {
      const first = slots[0];
      if (first) {
        let text = await first.value;
        slots.shift();
        release(first.bytes);
        for (let next = slots[0]; next?.settled && text.length < 65_536; next = slots[0]) {
          slots.shift();
          release(next.bytes);
          text += await next.value;
        }
        change.raise();
        yield text;
      } else if (reading.ended) {
        if (reading.error !== undefined) throw reading.error;
        return;
      } else {
        await change.next();
      }
    }
  } finally {
    reading.stopped = true;
    release(reading.bytes);
    change.raise();
  }
}

async function readAll<Item>(
  items: AsyncIterable<Item>,
  run: (item: Item, index: number) => Promise<string>,
  slots: Slot[],
  change: Signal,
  reading: Reading,
): Promise<void> {
  let index = 0;
  try {
    for await (const item of items) {
      const bytes = item instanceof Uint8Array ? item.byteLength : 0;
      const slot: Slot = { settled: false, bytes, value: run(item, index) };
      index += 1;
      void slot.value.then(() => (slot.settled = true));
      slots.push(slot);
      reading.bytes += bytes;
      if (!reading.stopped) reading.all.bytes += bytes;
      change.raise();
      while (isFull(slots, reading) && !reading.stopped) await change.next();
      if (reading.stopped) return;
    }
  } catch (error) {
    reading.error = error;
  } finally {
    reading.ended = true;
    change.raise();
  }
}

const isFull = (slots: readonly Slot[], { bytes, all }: Reading): boolean =>
  slots.length >= COMMANDS_UNDER_WAY_MAX ||
  bytes >= WINDOW_BYTES ||
  (slots.length > 0 && all.bytes >= ALL_BYTES_MAX);

/** Wakes whoever waits. */
class Signal {
  private waiting: (() => void)[] = [];

  raise(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

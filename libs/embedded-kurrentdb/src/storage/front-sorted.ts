/** So many keys are sorted at once, at most. */
const partMax = 512;

/**
 * Keys that are put in order from the front, as far as they are asked for: to sort tens of thousands
 * at once would keep every writer waiting. No key may be there twice. Incremental quicksort:
 * Paredes and Navarro, "Optimal Incremental Sorting", 2006.
 */
export class FrontSorted {
  /** Where parts end, the nearest last: no key from there on is less than one before. */
  private readonly ends: number[];
  private sorted = 0;

  constructor(private readonly keys: string[]) {
    this.ends = [keys.length];
  }

  get length(): number {
    return this.keys.length;
  }

  /** The keys that are at these places of the order. */
  slice(from: number, to: number): string[] {
    while (this.sorted < Math.min(to, this.length)) this.sortPart();
    return this.keys.slice(from, to);
  }

  private sortPart(): void {
    const { keys, ends, sorted } = this;
    let end = ends.pop()!;
    while (end - sorted > partMax) {
      ends.push(end);
      end = partition(keys, sorted, end);
    }
    const part = keys.slice(sorted, end).sort();
    for (let i = 0; i < part.length; i++) keys[sorted + i] = part[i]!;
    this.sorted = end;
  }
}

/** Moves the keys less than one of them before the others; where these begin. Neither are none. */
function partition(keys: string[], from: number, end: number): number {
  // Of three keys one is less than the middle one; which three, nobody who names streams can know.
  const near = from + Math.floor(Math.random() * (end - from - 2));
  const pivot = keys.slice(near, near + 3).sort()[1]!;
  let left = from;
  let right = end - 1;
  for (;;) {
    while (keys[left]! < pivot) left++;
    while (keys[right]! >= pivot) right--;
    if (left > right) return left;
    const key = keys[left]!;
    keys[left] = keys[right]!;
    keys[right] = key;
  }
}

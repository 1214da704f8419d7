/**
 * What belongs to the byte strings met last, found by comparing bytes: for the few event types that
 * most records have, cheaper than making text of each to look it up.
 */
export class RecentBytes<Value> {
  private readonly keys: Buffer[] = [];
  private readonly values: Value[] = [];
  private next = 0;

  constructor(
    private readonly countMax: number,
    /** Makes the value of bytes that it may keep. */
    private readonly make: (bytes: Buffer) => Value,
  ) {}

  /** The value of a part of the buffer. */
  of(buffer: Buffer, start: number, end: number): Value {
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) {
      if (same(keys[i]!, buffer, start, end)) return this.values[i]!;
    }
    const key = Buffer.from(buffer.subarray(start, end));
    const value = this.make(key);
    this.keys[this.next] = key;
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.countMax;
    return value;
  }
}

function same(key: Buffer, buffer: Buffer, start: number, end: number): boolean {
  const { length } = key;
  if (length !== end - start) return false;
  // Names differ at their end more often than at their start.
  for (let i = length - 1; i >= 0; i--) if (key[i] !== buffer[start + i]) return false;
  return true;
}

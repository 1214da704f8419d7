const initialBytes = 256;

/** How many bytes a varint takes; for numbers up to 2^53. */
export function varintLength(value: number): number {
  let length = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    length++;
  }
  return length;
}

/** Writes a varint of a number up to 2^53 and returns the position behind it. */
export function putVarint(target: Buffer, at: number, value: number): number {
  while (value >= 0x80000000) {
    target[at++] = (value % 128) | 0x80;
    value = Math.floor(value / 128);
  }
  while (value >= 128) {
    target[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  target[at++] = value;
  return at;
}

/** How many bytes a field of latin1 text takes; field numbers are below 16 here and below. */
export function latin1FieldBytes(text: string): number {
  return 1 + varintLength(text.length) + text.length;
}

/** How many bytes a field of type `sint64` takes; for numbers up to 2^52. */
export function sint64FieldBytes(value: number): number {
  return 1 + varintLength(zigzag(value));
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

/** Builds one protobuf message. Fields come out in the order of the calls. */
export class ProtoWriter {
  // Old bytes may be in it; only what was written is ever seen.
  private buffer = Buffer.allocUnsafe(initialBytes);
  private length = 0;

  /** A varint field; always written, also when zero. */
  uint64(field: number, value: number): this {
    this.room(20);
    this.length = putVarint(this.buffer, this.length, field * 8);
    this.length = putVarint(this.buffer, this.length, value);
    return this;
  }

  /** A varint field of any 64 bits (`uint64`, or `int64` in two's complement). */
  bigUint64(field: number, value: bigint): this {
    this.room(20);
    this.length = putVarint(this.buffer, this.length, field * 8);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 128n) {
      this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
    return this;
  }

  /** A field of type `int32` or `int64`. */
  int64(field: number, value: number): this {
    return value >= 0 ? this.uint64(field, value) : this.bigUint64(field, BigInt(value));
  }

  /** A field of type `sint64` (zigzag). */
  sint64(field: number, value: number): this {
    const small = zigzag(value);
    if (small <= Number.MAX_SAFE_INTEGER) return this.uint64(field, small);
    const big = BigInt(value);
    return this.bigUint64(field, big >= 0n ? big * 2n : -big * 2n - 1n);
  }

  bool(field: number, value: boolean): this {
    return this.uint64(field, value ? 1 : 0);
  }

  bytes(field: number, value: Uint8Array): this {
    this.begin(field, value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  /** Text whose characters are bytes. */
  latin1(field: number, text: string): this {
    this.begin(field, text.length);
    this.length += this.buffer.write(text, this.length, 'latin1');
    return this;
  }

  /** The start of a nested message of so many bytes: the next fields are its own. */
  begin(field: number, bytes: number): this {
    this.room(20 + bytes);
    this.length = putVarint(this.buffer, this.length, field * 8 + 2);
    this.length = putVarint(this.buffer, this.length, bytes);
    return this;
  }

  /** A nested message; without a builder, an empty one. */
  message(field: number, build?: (nested: ProtoWriter) => void): this {
    if (!build) return this.bytes(field, new Uint8Array(0));
    const nested = new ProtoWriter();
    build(nested);
    return this.bytes(field, nested.finish());
  }

  /** The message's bytes; the writer must not be used again. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

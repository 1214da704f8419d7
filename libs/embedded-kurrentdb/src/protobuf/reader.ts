import { MalformedMessageError } from './malformed-message';

/** Wire types of the protobuf encoding. */
export const enum Wire {
  Varint = 0,
  Fixed64 = 1,
  Bytes = 2,
  Fixed32 = 5,
}

const depthMax = 32;

/**
 * Reads one protobuf message from a buffer without copying it. Every length is checked against the
 * message's own end, so a hostile length can neither read beyond it nor make anything be
 * allocated.
 */
export class ProtoReader {
  pos: number;
  /** Field number and wire type of the field that `next` moved to. */
  field = 0;
  wire = 0;

  constructor(
    readonly buffer: Buffer,
    start = 0,
    private end = buffer.length,
    private depth = 0,
  ) {
    if (depth > depthMax) throw new MalformedMessageError('messages are nested too deeply');
    this.pos = start;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.pos >= this.end) return false;
    const tag = this.uint32();
    this.field = tag >>> 3;
    this.wire = tag & 7;
    if (this.field === 0) throw new MalformedMessageError('field number 0');
    return true;
  }

  /** Moves to the next field and says whether it is that one. */
  at(field: number): boolean {
    return this.next() && this.field === field;
  }

  /** The low 32 bits of a varint. */
  uint32(): number {
    const { buffer } = this;
    if (this.pos < this.end && buffer[this.pos]! < 0x80) return buffer[this.pos++]!;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= this.end) throw new MalformedMessageError('a number ends too early');
      const byte = buffer[this.pos++]!;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new MalformedMessageError('a number is too long');
  }

  /** An unsigned varint as a number, exact up to 2^53 and rounded beyond. */
  uint64(): number {
    let low = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      if (this.pos >= this.end) throw new MalformedMessageError('a number ends too early');
      const byte = this.buffer[this.pos++]!;
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) return low;
      factor *= 128;
    }
    throw new MalformedMessageError('a number is too long');
  }

  /** An unsigned varint, exact over all 64 bits. */
  bigUint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.pos >= this.end) throw new MalformedMessageError('a number ends too early');
      const byte = this.buffer[this.pos++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedMessageError('a number is too long');
  }

  /** A two's complement varint (`int32`, `int64`) as a number. */
  int64(): number {
    return Number(BigInt.asIntN(64, this.bigUint64()));
  }

  /** A zigzag varint (`sint64`) as a number, exact up to 2^53. */
  sint64(): number {
    const start = this.pos;
    const small = this.uint64();
    if (small <= Number.MAX_SAFE_INTEGER) return small % 2 ? -(small + 1) / 2 : small / 2;
    this.pos = start;
    const value = this.bigUint64();
    return Number(value & 1n ? -((value + 1n) >> 1n) : value >> 1n);
  }

  bool(): boolean {
    return this.uint64() !== 0;
  }

  double(): number {
    const start = this.take(8);
    return this.buffer.readDoubleLE(start);
  }

  float(): number {
    const start = this.take(4);
    return this.buffer.readFloatLE(start);
  }

  /** A view of the field's bytes; valid as long as the message's buffer. */
  bytes(): Buffer {
    const start = this.span();
    return this.buffer.subarray(start, this.pos);
  }

  string(): string {
    const start = this.span();
    return this.buffer.toString('utf8', start, this.pos);
  }

  /** The field's bytes as latin1 text: each character is a byte. */
  latin1(): string {
    const start = this.span();
    return this.buffer.toString('latin1', start, this.pos);
  }

  /** Moves behind the field's bytes and returns where they start; they end at `pos`. */
  span(): number {
    this.expect(Wire.Bytes);
    return this.take(this.uint32());
  }

  /**
   * Goes into the nested message, whose fields `next` then reads, with no reader of its own;
   * `leave` with what this returns goes on behind it.
   */
  enter(): number {
    const outer = this.end;
    const start = this.span();
    if (++this.depth > depthMax) throw new MalformedMessageError('messages are nested too deeply');
    this.end = this.pos;
    this.pos = start;
    return outer;
  }

  /** Goes on behind the message that was entered. */
  leave(outer: number): void {
    this.pos = this.end;
    this.end = outer;
    this.depth--;
  }

  /** A reader of the nested message; this one moves behind it. */
  message(): ProtoReader {
    const start = this.span();
    return new ProtoReader(this.buffer, start, this.pos, this.depth + 1);
  }

  /** Moves over the current field's value. */
  skip(): void {
    switch (this.wire) {
      case Wire.Varint:
        this.uint64();
        return;
      case Wire.Fixed64:
        this.take(8);
        return;
      case Wire.Bytes:
        this.span();
        return;
      case Wire.Fixed32:
        this.take(4);
        return;
      default:
        throw new MalformedMessageError(`wire type ${this.wire}`);
    }
  }

  /** Checks that the current field has this wire type. */
  expect(wire: Wire): void {
    if (this.wire !== wire) {
      throw new MalformedMessageError(`field ${this.field} has wire type ${this.wire}`);
    }
  }

  private take(length: number): number {
    const start = this.pos;
    if (length > this.end - start) {
      throw new MalformedMessageError(`field ${this.field} is longer than its message`);
    }
    this.pos = start + length;
    return start;
  }
}

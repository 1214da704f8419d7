/** Bytes that are no message of the protocol, or more than this reader takes. */
export class MalformedMessage extends Error {
  readonly code = 'MalformedMessage';
  readonly retryable = true;
}

/** Bytes of a varint of 64 bits. */
const VARINT_BYTES_MAX = 10;

/** Bits of a varint that a number takes without loss: seven bytes of seven. */
const NUMBER_BYTES = 7;

/**
 * A place in the bytes of one protobuf message. Every reading names the end that it must not pass,
 * the message's or that of the value it lies in; what does not fit throws `MalformedMessage`.
 */
export class ProtoCursor {
  #at = 0;

  constructor(readonly bytes: Buffer) {}

  get at(): number {
    return this.#at;
  }

  /** Goes on behind a value that was read by other means. */
  moveTo(at: number): void {
    this.#at = at;
  }

  /** Field number times eight plus wire type. */
  tag(end: number): number {
    return Number(this.unsigned(end));
  }

  unsigned(end: number): number | bigint {
    const { bytes } = this;
    let value = 0;
    let factor = 1;
    const last = Math.min(end, this.#at + NUMBER_BYTES);
    for (let at = this.#at; at < last; at += 1) {
      const byte = bytes[at] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        this.#at = at + 1;
        return value;
      }
      factor *= 128;
    }
    return this.#wide(end);
  }

  /** The end of the length-delimited value that begins here. */
  valueEnd(end: number): number {
    const length = Number(this.unsigned(end));
    if (length > end - this.#at) throw new MalformedMessage('a value passes its message’s end');
    return this.#at + length;
  }

  text(end: number): string {
    const text = this.bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  /** Passes over a value that ends there; true when it is these bytes. */
  matches(known: Buffer, end: number): boolean {
    const from = this.#at;
    this.#at = end;
    if (end - from !== known.length) return false;
    for (let i = 0; i < known.length; i += 1) {
      if (this.bytes[from + i] !== known[i]) return false;
    }
    return true;
  }

  /** Passes over the value of a field that nobody needs. */
  skip(tag: number, end: number): void {
    const wire = tag & 7;
    if (wire === 0) this.unsigned(end);
    else if (wire === 2) this.#at = this.valueEnd(end);
    else if (wire === 1 || wire === 5) {
      this.#at += wire === 1 ? 8 : 4;
      if (this.#at > end) throw new MalformedMessage('a value passes its message’s end');
    } else throw new MalformedMessage(`wire type ${wire}`);
  }

  #wide(end: number): bigint {
    let value = 0n;
    for (let i = 0; i < VARINT_BYTES_MAX; i += 1) {
      if (this.#at + i >= end) throw new MalformedMessage('a number passes its message’s end');
      const byte = this.bytes[this.#at + i] as number;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) {
        this.#at += i + 1;
        return BigInt.asUintN(64, value);
      }
    }
    throw new MalformedMessage('a number of more than 64 bits');
  }
}

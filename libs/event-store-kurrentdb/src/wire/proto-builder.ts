const FIRST_BYTES = 64 * 1024;
/** Texts up to this long are copied here: a call into native code costs more. */
const SHORT_TEXT = 64;

/**
 * Builds a protobuf message from its end to its beginning, so that the length of every part is
 * known when it is written: write the last field first, and of each field its value, then its
 * head. One builder is used for one message after another.
 */
export class ProtoBuilder {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  /** Where the message begins so far. */
  private start = FIRST_BYTES;

  /** Bytes written so far: what a part took is the difference of two lengths. */
  get length(): number {
    return this.bytes.length - this.start;
  }

  /** A copy of the message; the builder is empty again. */
  take(): Buffer {
    const message = Buffer.from(this.bytes.subarray(this.start));
    this.start = this.bytes.length;
    return message;
  }

  byte(value: number): void {
    if (this.start === 0) this.grow(1);
    this.start -= 1;
    this.bytes[this.start] = value;
  }

  /** An unsigned integer up to 2^53. */
  varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
    if (this.start < size) this.grow(size);
    this.start -= size;
    let at = this.start;
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[at++] = (rest % 128) | 128;
    this.bytes[at] = rest;
  }

  /** The head of a field whose value was written since the builder had this length. */
  head(tag: number, lengthBefore: number): void {
    this.varint(this.length - lengthBefore);
    this.byte(tag);
  }

  /** A text field in UTF-8. */
  text(tag: number, value: string): void {
    const before = this.length;
    if (value.length > SHORT_TEXT || !this.putAscii(value)) this.putUtf8(value);
    this.head(tag, before);
  }

  /** False, and nothing is written, when the text is not all ASCII. */
  private putAscii(value: string): boolean {
    const { length } = value;
    if (this.start < length) this.grow(length);
    const { bytes } = this;
    const from = this.start - length;
    for (let i = 0; i < length; i += 1) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[from + i] = code;
    }
    this.start = from;
    return true;
  }

  private putUtf8(value: string): void {
    const size = Buffer.byteLength(value);
    if (this.start < size) this.grow(size);
    this.start -= size;
    this.bytes.write(value, this.start, size, size === value.length ? 'latin1' : 'utf8');
  }

  private grow(more: number): void {
    const { bytes, length } = this;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, length + more));
    bytes.copy(larger, larger.length - length, this.start);
    this.start = larger.length - length;
    this.bytes = larger;
  }
}

import { decodeValue } from '../bson/decode';
import { BsonType } from '../bson/values';
import { KeyWriter } from './key-encoding';
import { canonicalRankOfType } from './canonical-type';

const RECORD_ID_BYTES = 6;
const NULL_RANK = canonicalRankOfType(BsonType.Null);
/** Above it not every whole number is a double; of an Int64's high half. */
const EXACT_HIGH_MAX = 0x1f_ffff;

/**
 * Writes many keys one behind the other, from the bytes of checked documents: what `KeyWriter`
 * writes for the decoded values, without making any.
 */
export class RawKeyWriter extends KeyWriter {
  /** Where the next byte goes. */
  get end(): number {
    return this.length;
  }

  /** Forgets what was written behind a place. */
  cut(end: number): void {
    this.length = end;
  }

  /** A view of what was written; valid until more is. */
  view(start: number, end: number): Buffer {
    return this.bytes.subarray(start, end);
  }

  /** Appends four bytes, big-endian. */
  number(value: number): void {
    this.uint32(value);
  }

  /** Appends room for a record id, to be filled by `putRecordId`. */
  roomForRecordId(): void {
    const at = this.reserve(RECORD_ID_BYTES);
    for (let n = 0; n < RECORD_ID_BYTES; n++) this.bytes[at + n] = 0;
  }

  /** Writes the bytes of a record id before `end`. */
  putRecordId(recordId: Buffer, end: number): void {
    const at = end - RECORD_ID_BYTES;
    for (let n = 0; n < RECORD_ID_BYTES; n++) this.bytes[at + n] = recordId[n] as number;
  }

  /** Appends a field that lies in `source`; type 0 stands for a missing one. */
  rawField(source: Buffer, type: number, start: number, end: number, descending: boolean): void {
    const from = this.length;
    if (type === 0) this.byte(NULL_RANK);
    else if (!this.common(source, type, start, end)) {
      this.length = from;
      this.field(decodeValue(source, type, start, end), descending);
      return;
    }
    if (descending) this.turnOver(from);
  }

  /** False for values whose key takes more than a look at their bytes. */
  private common(source: Buffer, type: number, start: number, end: number): boolean {
    this.grow(end - start + 10);
    this.byte(canonicalRankOfType(type));
    switch (type) {
      case BsonType.String:
        return this.ascii(source, start + 4, end - 1);
      case BsonType.Int32:
        this.double(source.readInt32LE(start));
        return true;
      case BsonType.Int64: {
        const high = source.readInt32LE(start + 4);
        if (high > EXACT_HIGH_MAX || high < -EXACT_HIGH_MAX) return false;
        this.double(high * 0x1_0000_0000 + source.readUInt32LE(start));
        return true;
      }
      case BsonType.Date:
        for (let at = start + 7; at >= start; at--)
          this.bytes[this.length++] = source[at] as number;
        this.bytes[this.length - 8] = (this.bytes[this.length - 8] as number) ^ 0x80;
        return true;
      case BsonType.Bool:
        this.byte(source[start] === 0 ? 0 : 1);
        return true;
      case BsonType.Null:
        return true;
      default:
        return false;
    }
  }

  /** A string of plain characters and its end mark; others are escaped or put right elsewhere. */
  private ascii(source: Buffer, start: number, end: number): boolean {
    const { bytes } = this;
    let { length } = this;
    for (let at = start; at < end; at++) {
      const byte = source[at] as number;
      if (byte === 0 || byte > 127) return false;
      bytes[length++] = byte;
    }
    bytes[length++] = 0;
    bytes[length++] = 1;
    this.length = length;
    return true;
  }
}

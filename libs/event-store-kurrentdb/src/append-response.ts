const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const POSITION = 2;

const malformed = (): Error => new Error('the answer to an append is malformed');

/**
 * The position of the last record, from the bytes of an `AppendRecordsResponse` (`position = 2`,
 * a `sint64`). The revisions of the streams are passed over: the checks said already what they
 * are. Throws on bytes that are no such message.
 */
export function decodeAppendPosition(message: Uint8Array): bigint {
  let position: bigint | undefined;
  let at = 0;
  while (at < message.length) {
    const end = varintEnd(message, at);
    const key = Number(varint(message, at, end));
    at = end;
    const wire = key & 7;
    if (wire === VARINT) {
      at = varintEnd(message, at);
      if (key >>> 3 === POSITION) position = unzigzag(varint(message, end, at));
    } else if (wire === LENGTH_DELIMITED) {
      at = varintEnd(message, at);
      at += Number(varint(message, end, at));
    } else if (wire === FIXED64 || wire === FIXED32) at += wire === FIXED64 ? 8 : 4;
    else throw malformed();
  }
  if (position === undefined || at !== message.length) throw malformed();
  return position;
}

/** Where the varint that begins at `at` ends. */
function varintEnd(message: Uint8Array, at: number): number {
  for (let end = at; end < at + 10 && end < message.length; end += 1) {
    if ((message[end] as number) < 128) return end + 1;
  }
  throw malformed();
}

/** Lengths and keys stay numbers; only what takes more than 28 bits is a bigint. */
function varint(message: Uint8Array, from: number, end: number): number | bigint {
  if (end - from > 4) return bigVarint(message, from, end);
  let value = 0;
  for (let i = end - 1; i >= from; i -= 1) value = (value << 7) | ((message[i] as number) & 127);
  return value;
}

function bigVarint(message: Uint8Array, from: number, end: number): bigint {
  let value = 0n;
  for (let i = end - 1; i >= from; i -= 1) {
    value = (value << 7n) | BigInt((message[i] as number) & 127);
  }
  return value;
}

function unzigzag(value: number | bigint): bigint {
  const big = BigInt(value);
  return (big >> 1n) ^ -(big & 1n);
}

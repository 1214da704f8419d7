import { MalformedMessageError } from './malformed-message';
import type { ProtoReader } from './reader';
import type { ProtoWriter } from './writer';

const uuidCharacters = 36;
const dashPlaces: readonly number[] = [8, 13, 18, 23];
/** What may be at each place of a lower-case UUID: 1 for a digit, 2 for a dash. */
const expectedAt = Uint8Array.from({ length: uuidCharacters }, (_, i) =>
  dashPlaces.includes(i) ? 2 : 1,
);
const kindOfCode = new Uint8Array(128);
for (const digit of '0123456789abcdef') kindOfCode[digit.charCodeAt(0)] = 1;
kindOfCode['-'.charCodeAt(0)] = 2;

/** Every appended record has one to be checked: a loop costs half of what a pattern does. */
function isLowerCaseUuid(text: string): boolean {
  if (text.length !== uuidCharacters) return false;
  for (let i = 0; i < uuidCharacters; i++) {
    if (kindOfCode[text.charCodeAt(i)] !== expectedAt[i]) return false;
  }
  return true;
}

/** Decodes `event_store.client.UUID`, structured or text, to lower-case text. */
export function readUuid(uuid: ProtoReader): string {
  let text = '';
  while (uuid.next()) {
    if (uuid.field === 1) text = readStructured(uuid.message());
    else if (uuid.field === 2) text = uuid.string();
    else uuid.skip();
  }
  return checkedUuid(text);
}

/** The UUID in lower case, or a MalformedMessageError. */
export function checkedUuid(text: string): string {
  if (isLowerCaseUuid(text)) return text;
  const lower = text.toLowerCase();
  if (!isLowerCaseUuid(lower)) throw new MalformedMessageError(`'${text}' is no UUID`);
  return lower;
}

function readStructured(structured: ProtoReader): string {
  let most = 0n;
  let least = 0n;
  while (structured.next()) {
    if (structured.field === 1) most = structured.bigUint64();
    else if (structured.field === 2) least = structured.bigUint64();
    else structured.skip();
  }
  const hex = most.toString(16).padStart(16, '0') + least.toString(16).padStart(16, '0');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-');
}

/** A builder of a `google.protobuf.Timestamp` of now. */
export function timestampNow(writer: ProtoWriter): void {
  const ms = Date.now();
  writer.uint64(1, Math.floor(ms / 1000)).uint64(2, (ms % 1000) * 1_000_000);
}

/** A builder of any message of the shape `{ commit_position = 1, prepare_position = 2 }`. */
export function positionOf(position: number): (writer: ProtoWriter) => void {
  return (writer) => void writer.uint64(1, position).uint64(2, position);
}

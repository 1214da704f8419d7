import { MalformedMessage, ProtoCursor } from '../wire/proto-cursor';

/** `sint64 position = 2`. */
const POSITION = 2 << 3;

/**
 * The position of the last record, from the bytes of an `AppendRecordsResponse`. The revisions of
 * the streams are passed over: the checks said already what they are. Throws `MalformedMessage`.
 */
export function positionIn(answer: Buffer): bigint {
  const cursor = new ProtoCursor(answer);
  let position: bigint | undefined;
  while (cursor.at < answer.length) {
    const tag = cursor.tag(answer.length);
    if (tag === POSITION) position = unzigzag(cursor.unsigned(answer.length));
    else cursor.skip(tag, answer.length);
  }
  if (position === undefined) throw new MalformedMessage('an append was answered without position');
  return position;
}

function unzigzag(value: number | bigint): bigint {
  const big = BigInt(value);
  return (big >> 1n) ^ -(big & 1n);
}

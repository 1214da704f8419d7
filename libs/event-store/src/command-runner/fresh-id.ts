import { randomFillSync } from 'node:crypto';

const UUID_BYTES = 16;
const HYPHENS_BEFORE: ReadonlySet<number> = new Set([4, 6, 8, 10]);
const HYPHEN = 0x2d;
const HEX = Buffer.from('0123456789abcdef');

const random = Buffer.alloc(256 * UUID_BYTES);
let used = random.length;
const text = Buffer.alloc(36);

/**
 * A random UUID (RFC 9562, version 4). That of `crypto` is glued together from 20 texts, which V8
 * joins when somebody reads it: for three records of a command that costs more than all else of
 * their ids.
 */
export function freshId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  random[used + 6] = (random[used + 6]! & 0x0f) | 0x40;
  random[used + 8] = (random[used + 8]! & 0x3f) | 0x80;
  let end = 0;
  for (let i = 0; i < UUID_BYTES; i += 1) {
    if (HYPHENS_BEFORE.has(i)) text[end++] = HYPHEN;
    const byte = random[used + i]!;
    text[end++] = HEX[byte >> 4]!;
    text[end++] = HEX[byte & 0x0f]!;
  }
  used += UUID_BYTES;
  return text.toString('latin1');
}

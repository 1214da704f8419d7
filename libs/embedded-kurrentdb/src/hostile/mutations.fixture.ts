import type { Random } from '@daybook/testing';

/** What was done to a message; counted by the harness. */
export const mutationKinds = [
  'untouched',
  'bits flipped',
  'cut short',
  'grown',
  'a part repeated',
  'a length blown up',
  'nested deeply',
  'noise',
  'announced longer',
  'announced shorter',
  'announced huge',
  'compressed',
] as const;
export type MutationKind = (typeof mutationKinds)[number];

/** A gRPC frame that was tampered with, and how. */
export interface MutatedFrame {
  readonly kind: MutationKind;
  readonly bytes: Buffer;
}

const noiseBytesMax = 4_096;

/** One tampered frame of the message: its content, its length or its header is wrong. */
export function mutatedFrame(message: Buffer, random: Random): MutatedFrame {
  const kind = random.pick(mutationKinds);
  const content = mutatedContent(kind, message, random);
  const framed = Buffer.alloc(5 + content.length);
  framed.writeUInt32BE(announced(kind, content.length, random), 1);
  if (kind === 'compressed') framed[0] = 1 + random.below(255);
  content.copy(framed, 5);
  return { kind, bytes: framed };
}

function announced(kind: MutationKind, length: number, random: Random): number {
  if (kind === 'announced longer') return length + 1 + random.below(100);
  if (kind === 'announced shorter') return Math.max(0, length - 1 - random.below(20));
  if (kind === 'announced huge')
    return random.pick([0x7fffffff, 0xffffffff, 0x10000000, 0x04000001]);
  return length;
}

function mutatedContent(kind: MutationKind, message: Buffer, random: Random): Buffer {
  const at = random.below(message.length + 1);
  switch (kind) {
    case 'bits flipped': {
      const flipped = Buffer.from(message);
      for (let i = 0; i <= random.below(6) && flipped.length > 0; i++) {
        const byte = random.below(flipped.length);
        flipped[byte] = flipped.readUInt8(byte) ^ (1 << random.below(8));
      }
      return flipped;
    }
    case 'cut short':
      return message.subarray(0, at);
    case 'grown':
      return Buffer.concat([message.subarray(0, at), noise(64, random), message.subarray(at)]);
    case 'a part repeated': {
      const part = message.subarray(at, at + random.below(64));
      const copies = Array.from({ length: 1 + random.below(64) }, () => part);
      return Buffer.concat([message.subarray(0, at), ...copies, message.subarray(at)]);
    }
    case 'a length blown up': {
      const blown = random.pick([
        [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0xff, 0xff, 0xff, 0x7f],
        Array.from({ length: 20 }, () => 0x80),
      ]);
      return Buffer.concat([message.subarray(0, at), Buffer.from(blown), message.subarray(at + 1)]);
    }
    case 'nested deeply':
      return nested(message, 1 + random.below(200));
    case 'noise':
      return noise(noiseBytesMax, random);
    default:
      return message;
  }
}

function nested(message: Buffer, depth: number): Buffer {
  let content = message;
  for (let i = 0; i < depth && content.length < 8_000; i++) {
    const length = content.length;
    const header = length < 128 ? [0x0a, length] : [0x0a, (length & 0x7f) | 0x80, length >> 7];
    content = Buffer.concat([Buffer.from(header), content]);
  }
  return content;
}

function noise(bytesMax: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.below(bytesMax) }, () => random.below(256)));
}

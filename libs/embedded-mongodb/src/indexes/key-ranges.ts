import type { Value } from '../bson/values';
import { encodeKey } from '../ordering/key-encoding';
import { afterPrefix } from '../storage/keys';
import { type Cut, cutBytes, type FieldBounds } from './bounds';
import { CUT_KEY_BYTES, KEY_BYTES_MAX } from './entries';

/** An interval of the keys of one index, without the index's prefix; `to` is not part of it. */
export interface ByteRange {
  readonly from: Buffer;
  readonly to: Buffer;
}

const RANGES_MAX = 2_000;
const ROOM = 64;

/**
 * The byte ranges for bounds on the first fields of an index: every combination of points, and at
 * the end perhaps one interval. Ascending and without overlap.
 */
export function byteRanges(
  bounds: readonly FieldBounds[],
  descending: readonly boolean[],
): ByteRange[] | undefined {
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  for (let at = 0; at < bounds.length; at++) {
    const field = bounds[at] as FieldBounds;
    const turned = descending[at] === true;
    if (field.kind === 'range') {
      const [low, high] = turned
        ? [inverted(field.high), inverted(field.low)]
        : [field.low, field.high];
      return merged(
        prefixes.map((prefix) => fitted({ from: within(prefix, low), to: within(prefix, high) })),
      );
    }
    const keys = field.points.map((point) => pointKey(point, turned));
    if (prefixes.length * keys.length > RANGES_MAX) return undefined;
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => Buffer.concat([prefix, key])));
  }
  return merged(prefixes.map((from) => fitted({ from, to: afterPrefix(from) })));
}

function pointKey(value: Value, turned: boolean): Buffer {
  const key = encodeKey(value);
  return turned ? complement(key) : key;
}

function complement(bytes: Buffer): Buffer {
  const turned = Buffer.alloc(bytes.length);
  for (let at = 0; at < bytes.length; at++) turned[at] = ~(bytes[at] as number) & 0xff;
  return turned;
}

/** Turned over, what was before a key comes after its complement. */
function inverted({ key, after }: Cut): Cut {
  return { key: complement(key), after: !after };
}

function within(prefix: Buffer, { key, after }: Cut): Buffer {
  return cutBytes({ key: Buffer.concat([prefix, key]), after });
}

/** Keys that were cut keep only their beginning, so bounds must not reach beyond that. */
function fitted(range: ByteRange): ByteRange {
  const longest = Math.max(range.from.length, range.to.length);
  if (longest + ROOM <= KEY_BYTES_MAX && longest <= CUT_KEY_BYTES) return range;
  const to = range.to.subarray(0, CUT_KEY_BYTES);
  return {
    from: range.from.subarray(0, CUT_KEY_BYTES),
    to: to.length < range.to.length ? afterPrefix(to) : to,
  };
}

function merged(ranges: ByteRange[]): ByteRange[] {
  const sorted = ranges
    .filter((range) => Buffer.compare(range.from, range.to) < 0)
    .sort((a, b) => Buffer.compare(a.from, b.from));
  const result: ByteRange[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last && Buffer.compare(range.from, last.to) < 0) {
      const to = Buffer.compare(range.to, last.to) > 0 ? range.to : last.to;
      result[result.length - 1] = { from: last.from, to };
    } else {
      result.push(range);
    }
  }
  return result;
}

import type { LogPosition } from '@daybook/event-store';
import { STREAM_NAME, type Filter } from '@kurrent/kurrentdb-client';

const varint = (value: number | bigint): readonly number[] => {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
};

/** A field that holds a message, or text. */
const field = (number: number, content: readonly number[] | string): readonly number[] => {
  const bytes = typeof content === 'string' ? [...Buffer.from(content)] : content;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
};

const number = (number: number, value: number | bigint): readonly number[] => [
  ...varint(number * 8),
  ...varint(value),
];

const EMPTY: readonly number[] = [];

/**
 * A subscription to `$all` after a position, as the protocol's `ReadReq`: ids as text, links
 * not followed. Takes the filters that `streamNameFilter` and `eventTypeFilter` make of prefixes.
 */
export function subscriptionRequest(position: LogPosition, filter: Filter): Buffer {
  const prefixes = 'prefixes' in filter ? filter.prefixes : [];
  const expression = prefixes.flatMap((prefix) => field(2, prefix));
  const after =
    position === 'start'
      ? field(2, EMPTY)
      : field(1, [...number(1, position), ...number(2, position)]);
  const filtering = [
    ...field(filter.filterOn === STREAM_NAME ? 1 : 2, expression),
    ...field(4, EMPTY),
    ...number(5, filter.checkpointInterval),
  ];
  const options = [
    ...field(2, after),
    ...field(6, EMPTY),
    ...field(7, filtering),
    ...field(9, field(2, EMPTY)),
  ];
  return Buffer.from(field(1, options));
}

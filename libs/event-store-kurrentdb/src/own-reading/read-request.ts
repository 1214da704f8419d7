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

/** Fields of `ReadReq.Options` that are the same in every request: ids as text, links not followed. */
const IDS_AS_TEXT = field(9, field(2, EMPTY));
const BACKWARDS = number(3, 1);
const UNFILTERED = field(8, EMPTY);

const request = (...options: (readonly number[])[]): Buffer =>
  Buffer.from(field(1, [...options.flat(), ...IDS_AS_TEXT]));

const limited = (limit: number): readonly number[] => number(5, limit);

/** A stream's records from a revision on, or from its end backwards, as the protocol's `ReadReq`. */
export function streamRequest(stream: string, from: number | 'end', limit: number): Buffer {
  const place = from === 'end' ? field(4, EMPTY) : number(2, from);
  const options = field(1, [...field(1, field(3, stream)), ...place]);
  const direction = from === 'end' ? BACKWARDS : EMPTY;
  return request(options, direction, limited(limit), UNFILTERED);
}

/** The log's records from a position on, that of a record with it, which match the filter. */
export function logRequest(from: LogPosition, limit: number, filter: Filter): Buffer {
  return request(field(2, logPlace(from)), limited(limit), filtered(filter));
}

/** The log's newest record. */
export const newestRequest = (): Buffer =>
  request(field(2, field(3, EMPTY)), BACKWARDS, limited(1), UNFILTERED);

/** A subscription to the log after a position. */
export function subscriptionRequest(position: LogPosition, filter: Filter): Buffer {
  return request(field(2, logPlace(position)), field(6, EMPTY), filtered(filter));
}

const logPlace = (position: LogPosition): readonly number[] =>
  position === 'start'
    ? field(2, EMPTY)
    : field(1, [...number(1, position), ...number(2, position)]);

/** Takes the filters that `streamNameFilter` and `eventTypeFilter` make of prefixes. */
function filtered(filter: Filter): readonly number[] {
  const prefixes = 'prefixes' in filter ? filter.prefixes : [];
  const expression = prefixes.flatMap((prefix) => field(2, prefix));
  return field(7, [
    ...field(filter.filterOn === STREAM_NAME ? 1 : 2, expression),
    ...field(4, EMPTY),
    ...number(5, filter.checkpointInterval),
  ]);
}

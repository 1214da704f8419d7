import { ProtoReader } from '../protobuf/reader';
import { GrpcCode, GrpcError } from '../grpc/status';
import { compilePattern } from '../storage/bounded-pattern';
import type { EventFilter } from '../storage/event-filter';

/** Where a read or a subscription begins. */
export type From = 'start' | 'end' | number;

/** What a client asks to read. */
export interface ReadRequest {
  /** The stream, or undefined for the whole log. */
  readonly stream: Buffer | undefined;
  readonly from: From;
  readonly backwards: boolean;
  readonly resolveLinks: boolean;
  /** Events at most; undefined for a subscription. */
  readonly count: number | undefined;
  readonly filter: EventFilter | undefined;
  /** Scanned events between two checkpoints of a filtered subscription. */
  readonly checkpointInterval: number;
}

const searchWindowDefault = 32;
const prefixesMax = 10_000;

/** Decodes `event_store.client.streams.ReadReq`. */
export function decodeReadRequest(message: Buffer): ReadRequest {
  const request = {
    stream: undefined as Buffer | undefined,
    from: 'start' as From,
    backwards: false,
    resolveLinks: false,
    count: undefined as number | undefined,
    filter: undefined as EventFilter | undefined,
    checkpointInterval: searchWindowDefault,
  };
  let subscription = false;
  const outer = new ProtoReader(message);
  while (outer.next()) {
    if (outer.field !== 1) {
      outer.skip();
      continue;
    }
    const options = outer.message();
    while (options.next()) {
      if (options.field === 1) Object.assign(request, readStreamOptions(options.message()));
      else if (options.field === 2) request.from = readAllOptions(options.message());
      else if (options.field === 3) request.backwards = options.uint64() === 1;
      else if (options.field === 4) request.resolveLinks = options.bool();
      else if (options.field === 5) request.count = options.uint64();
      else if (options.field === 6) (options.skip(), (subscription = true));
      else if (options.field === 7) Object.assign(request, readFilter(options.message()));
      else options.skip();
    }
  }
  // Without this an empty message would be a subscription to everything, for ever.
  if (request.count === undefined && !subscription) {
    const message = 'a read needs a number of events, or to be a subscription';
    throw new GrpcError(GrpcCode.InvalidArgument, message);
  }
  return request;
}

function readStreamOptions(options: ProtoReader): { stream: Buffer; from: From } {
  let stream: Buffer = Buffer.alloc(0);
  let from: From = 'start';
  while (options.next()) {
    if (options.field === 1) stream = readStreamIdentifier(options.message());
    else if (options.field === 2) from = options.uint64();
    else if (options.field === 3) (options.skip(), (from = 'start'));
    else if (options.field === 4) (options.skip(), (from = 'end'));
    else options.skip();
  }
  return { stream, from };
}

/** Decodes `StreamIdentifier`; the name is a view of the message. */
export function readStreamIdentifier(identifier: ProtoReader): Buffer {
  let name: Buffer = Buffer.alloc(0);
  while (identifier.next()) {
    if (identifier.field === 3) name = identifier.bytes();
    else identifier.skip();
  }
  return name;
}

function readAllOptions(options: ProtoReader): From {
  let from: From = 'start';
  while (options.next()) {
    if (options.field === 1) from = readCommitPosition(options.message());
    else if (options.field === 2) (options.skip(), (from = 'start'));
    else if (options.field === 3) (options.skip(), (from = 'end'));
    else options.skip();
  }
  return from;
}

function readCommitPosition(position: ProtoReader): number {
  let commit = 0;
  while (position.next()) {
    if (position.field === 1) commit = position.uint64();
    else position.skip();
  }
  return commit;
}

function readFilter(options: ProtoReader): { filter: EventFilter; checkpointInterval: number } {
  let filter: EventFilter | undefined;
  let window = searchWindowDefault;
  let multiplier = 1;
  while (options.next()) {
    if (options.field === 1) filter = readExpression('streamName', options.message());
    else if (options.field === 2) filter = readExpression('eventType', options.message());
    else if (options.field === 3) window = options.uint32();
    else if (options.field === 5) multiplier = options.uint32();
    else options.skip();
  }
  if (!filter) throw new GrpcError(GrpcCode.InvalidArgument, 'the filter filters by nothing');
  return { filter, checkpointInterval: Math.max(1, window * Math.max(1, multiplier)) };
}

function readExpression(on: EventFilter['on'], expression: ProtoReader): EventFilter {
  let pattern = '';
  const prefixes: Buffer[] = [];
  while (expression.next()) {
    if (expression.field === 1) pattern = expression.string();
    else if (expression.field === 2) prefixes.push(expression.bytes());
    else expression.skip();
  }
  if (prefixes.length > prefixesMax) {
    throw new GrpcError(GrpcCode.InvalidArgument, `a filter has at most ${prefixesMax} prefixes`);
  }
  return pattern ? { on, prefixes, regex: compilePattern(pattern) } : { on, prefixes };
}

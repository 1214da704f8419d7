import { ProtoReader } from '../protobuf/reader';
import type { NackAction } from './consumer-group';
import type { GroupSettings, StartFrom } from './group-settings';

/** The name under which groups of the whole log are kept. */
export const allStream = '$all';

/** Names one group: its stream, or `$all`, and the group's own name. */
export interface GroupName {
  readonly stream: string;
  readonly group: string;
}

/** A filter of a group of `$all`: by stream name or event type, with prefixes or one expression. */
export interface FilterRequest {
  readonly on: 'streamName' | 'eventType';
  readonly prefixes: readonly string[];
  readonly regex: string | undefined;
}

/** A request to create a group, or to change one (then without filter: it stays as it was). */
export interface SettingsRequest extends GroupName {
  readonly settings: GroupSettings;
  readonly filter: FilterRequest | undefined;
}

/** Reads `CreateReq` and `UpdateReq`, whose options agree in their numbers. */
export function readSettingsRequest(message: Buffer): SettingsRequest {
  const found: { stream: string; group: string; startFrom: StartFrom | undefined } = {
    stream: '',
    group: '',
    startFrom: undefined,
  };
  let filter: FilterRequest | undefined;
  let settings = readSettings(new ProtoReader(Buffer.alloc(0)));
  eachField(optionsOf(message), (options) => {
    if (options.field === 1) found.stream ||= readStreamIdentifier(options.message());
    else if (options.field === 2) found.group = options.string();
    else if (options.field === 3) settings = readSettings(options.message());
    else if (options.field === 4) Object.assign(found, readStreamOptions(options.message()));
    else if (options.field === 5) {
      found.stream = allStream;
      const all = readAllOptions(options.message());
      found.startFrom = all.startFrom;
      filter = all.filter;
    } else options.skip();
  });
  const { stream, group } = found;
  const { revision, ...rest } = settings;
  // Clients that know neither kind of stream options name the start among the settings.
  const startFrom = found.startFrom ?? startAtRevision(revision);
  return { stream, group, filter, settings: { ...rest, startFrom } };
}

const revisionOfEnd = 0xffffffffffffffffn;

function startAtRevision(revision: bigint): StartFrom {
  if (revision === revisionOfEnd) return { at: 'end' };
  return revision === 0n ? { at: 'start' } : { at: 'place', commit: revision, prepare: revision };
}

/** Reads `DeleteReq`. */
export const readDeleteRequest = (message: Buffer): GroupName =>
  readGroupName(optionsOf(message), { stream: 1, all: 3, group: 2 });

/** Reads `GetInfoReq`. */
export const readInfoRequest = (message: Buffer): GroupName =>
  readGroupName(optionsOf(message), { stream: 1, all: 2, group: 3 });

/** A request to replay parked messages, all of them or those before a revision. */
export interface ReplayRequest extends GroupName {
  readonly stopAt: bigint | undefined;
}

/** Reads `ReplayParkedReq`. */
export function readReplayRequest(message: Buffer): ReplayRequest {
  let stopAt: bigint | undefined;
  eachField(optionsOf(message), (options) => {
    if (options.field === 4) stopAt = BigInt.asIntN(64, options.bigUint64());
    else options.skip();
  });
  return { ...readGroupName(optionsOf(message), { stream: 2, all: 3, group: 1 }), stopAt };
}

/** Reads `ListReq`: the stream asked for, `$all`, or undefined for every group there is. */
export function readListRequest(message: Buffer): string | undefined {
  let stream: string | undefined;
  eachField(optionsOf(message), (options) => {
    if (options.field !== 2) options.skip();
    else {
      stream = readGroupName(options.message(), { stream: 1, all: 2, group: 0 }).stream;
    }
  });
  return stream;
}

/** What a consumer sends over its call: the group it wants first, then answers. */
export type ConsumerRequest =
  | ({
      readonly kind: 'connect';
      readonly bufferSize: number;
      readonly uuidText: boolean;
    } & GroupName)
  | { readonly kind: 'ack'; readonly ids: readonly string[] }
  | {
      readonly kind: 'nack';
      readonly ids: readonly string[];
      readonly action: NackAction;
      readonly reason: string;
    }
  | { readonly kind: 'nothing' };

/** Reads `ReadReq`. */
export function readConsumerRequest(message: Buffer): ConsumerRequest {
  let request: ConsumerRequest = { kind: 'nothing' };
  eachField(new ProtoReader(message), (fields) => {
    if (fields.field === 1) request = readConnect(fields.message());
    else if (fields.field === 2) request = { kind: 'ack', ids: readAnswer(fields.message()).ids };
    else if (fields.field === 3) request = { kind: 'nack', ...readAnswer(fields.message()) };
    else fields.skip();
  });
  return request;
}

function readConnect(options: ProtoReader): ConsumerRequest {
  const found = { stream: '', group: '', bufferSize: 0, uuidText: false };
  eachField(options, () => {
    if (options.field === 1) found.stream = readStreamIdentifier(options.message());
    else if (options.field === 2) found.group = options.string();
    else if (options.field === 3) found.bufferSize = options.int64();
    else if (options.field === 4) {
      eachField(options.message(), (uuid) => {
        found.uuidText = uuid.field === 2;
        uuid.skip();
      });
    } else if (options.field === 5) {
      found.stream = allStream;
      options.skip();
    } else options.skip();
  });
  return { kind: 'connect', ...found };
}

const nackActions: readonly NackAction[] = ['unknown', 'park', 'retry', 'skip', 'stop'];

function readAnswer(answer: ProtoReader): { ids: string[]; action: NackAction; reason: string } {
  const ids: string[] = [];
  let action: NackAction = 'unknown';
  let reason = '';
  eachField(answer, () => {
    if (answer.field === 2) ids.push(readUuid(answer.message()));
    else if (answer.field === 3) action = nackActions[answer.uint32()] ?? 'unknown';
    else if (answer.field === 4) reason = answer.string();
    else answer.skip();
  });
  return { ids, action, reason };
}

/** A UUID as text in lower case, however it was sent. */
function readUuid(uuid: ProtoReader): string {
  let text = '';
  eachField(uuid, () => {
    if (uuid.field === 2) text = uuid.string().toLowerCase();
    else if (uuid.field === 1) text = readStructuredUuid(uuid.message());
    else uuid.skip();
  });
  return text;
}

function readStructuredUuid(halves: ProtoReader): string {
  const hex = ['0'.repeat(16), '0'.repeat(16)];
  eachField(halves, () => {
    if (halves.field === 1 || halves.field === 2) {
      hex[halves.field - 1] = halves.bigUint64().toString(16).padStart(16, '0');
    } else halves.skip();
  });
  const all = hex.join('');
  return [
    all.slice(0, 8),
    all.slice(8, 12),
    all.slice(12, 16),
    all.slice(16, 20),
    all.slice(20),
  ].join('-');
}

function readStreamOptions(options: ProtoReader): { stream: string; startFrom: StartFrom } {
  const found = { stream: '', startFrom: { at: 'end' } as StartFrom };
  eachField(options, () => {
    if (options.field === 1) found.stream = readStreamIdentifier(options.message());
    else if (options.field === 2) {
      found.startFrom = startAtRevision(options.bigUint64());
    } else {
      if (options.field === 3) found.startFrom = { at: 'start' };
      if (options.field === 4) found.startFrom = { at: 'end' };
      options.skip();
    }
  });
  return found;
}

function readAllOptions(options: ProtoReader) {
  const found: { startFrom: StartFrom; filter: FilterRequest | undefined } = {
    startFrom: { at: 'end' },
    filter: undefined,
  };
  eachField(options, () => {
    if (options.field === 1) found.startFrom = readPosition(options.message());
    else if (options.field === 4) found.filter = readFilter(options.message());
    else {
      if (options.field === 2) found.startFrom = { at: 'start' };
      if (options.field === 3) found.startFrom = { at: 'end' };
      options.skip();
    }
  });
  return found;
}

function readPosition(position: ProtoReader): StartFrom {
  const found = { at: 'place' as const, commit: 0n, prepare: 0n };
  eachField(position, () => {
    if (position.field === 1) found.commit = position.bigUint64();
    else if (position.field === 2) found.prepare = position.bigUint64();
    else position.skip();
  });
  return found;
}

function readFilter(filter: ProtoReader): FilterRequest | undefined {
  let found: FilterRequest | undefined;
  eachField(filter, () => {
    if (filter.field !== 1 && filter.field !== 2) filter.skip();
    else {
      const on = filter.field === 1 ? 'streamName' : 'eventType';
      found = { on, ...readExpression(filter.message()) };
    }
  });
  return found;
}

function readExpression(expression: ProtoReader) {
  const prefixes: string[] = [];
  let regex: string | undefined;
  eachField(expression, () => {
    if (expression.field === 1) regex = expression.string() || undefined;
    else if (expression.field === 2) prefixes.push(expression.string());
    else expression.skip();
  });
  return { prefixes, regex };
}

const strategyNames = ['DispatchToSingle', 'RoundRobin', 'Pinned'];
const ticksPerMs = 10_000;

/** Field numbers of the settings that are plain 32-bit numbers. */
const numbers: Readonly<Record<number, keyof typeof noNumbers>> = {
  5: 'maxRetryCount',
  7: 'minCheckpointCount',
  8: 'maxCheckpointCount',
  9: 'maxSubscriberCount',
  10: 'liveBufferSize',
  11: 'readBatchSize',
  12: 'historyBufferSize',
  14: 'messageTimeoutMs',
  15: 'checkpointAfterMs',
};
const noNumbers = {
  maxRetryCount: 0,
  minCheckpointCount: 0,
  maxCheckpointCount: 0,
  maxSubscriberCount: 0,
  liveBufferSize: 0,
  readBatchSize: 0,
  historyBufferSize: 0,
  messageTimeoutMs: 0,
  checkpointAfterMs: 0,
};

function readSettings(
  fields: ProtoReader,
): Omit<GroupSettings, 'startFrom'> & { revision: bigint } {
  const found = { ...noNumbers, revision: 0n };
  const flags = { resolveLinkTos: false, extraStatistics: false };
  let enumName = strategyNames[0] ?? '';
  let ownName = '';
  eachField(fields, () => {
    const name = numbers[fields.field];
    if (name) found[name] = fields.int64();
    else if (fields.field === 2) found.revision = fields.bigUint64();
    else if (fields.field === 1) flags.resolveLinkTos = fields.bool();
    else if (fields.field === 3) flags.extraStatistics = fields.bool();
    else if (fields.field === 4) found.messageTimeoutMs = Math.trunc(fields.int64() / ticksPerMs);
    else if (fields.field === 6) found.checkpointAfterMs = Math.trunc(fields.int64() / ticksPerMs);
    else if (fields.field === 13) {
      const value = fields.uint32();
      enumName = strategyNames[value] ?? String(value);
    } else if (fields.field === 16) ownName = fields.string();
    else fields.skip();
  });
  return { ...found, ...flags, strategy: ownName || enumName };
}

function readGroupName(
  options: ProtoReader,
  fields: { stream: number; all: number; group: number },
): GroupName {
  let stream = '';
  let group = '';
  eachField(options, () => {
    if (options.field === fields.stream) stream = readStreamIdentifier(options.message());
    else if (options.field === fields.group) group = options.string();
    else {
      if (options.field === fields.all) stream = allStream;
      options.skip();
    }
  });
  return { stream, group };
}

function readStreamIdentifier(identifier: ProtoReader): string {
  let name = '';
  eachField(identifier, () => {
    if (identifier.field === 3) name = identifier.string();
    else identifier.skip();
  });
  return name;
}

/** Every request has its options in field 1; a message without them has empty ones. */
function optionsOf(message: Buffer): ProtoReader {
  let options = new ProtoReader(Buffer.alloc(0));
  eachField(new ProtoReader(message), (fields) => {
    if (fields.field === 1) options = fields.message();
    else fields.skip();
  });
  return options;
}

function eachField(reader: ProtoReader, handle: (reader: ProtoReader) => void): void {
  while (reader.next()) handle(reader);
}

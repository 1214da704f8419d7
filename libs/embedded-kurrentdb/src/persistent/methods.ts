import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import { frame } from '../grpc/framing';
import type { GrpcServer } from '../grpc/server';
import type { ServerCall } from '../grpc/server-call';
import { GrpcCode, GrpcError } from '../grpc/status';
import { ProtoWriter } from '../protobuf/writer';
import { confirmationFrame, messageFrame } from './group-event';
import { writeGroupInformation } from './group-information';
import type { PersistentSubscriptions } from './persistent-subscriptions';
import { dropped } from './refusals';
import {
  readConsumerRequest,
  readDeleteRequest,
  readInfoRequest,
  readListRequest,
  readReplayRequest,
  readSettingsRequest,
  type ConsumerRequest,
} from './requests';
import type { RunningGroup } from './running-group';

const service = '/event_store.client.persistent_subscriptions.PersistentSubscriptions';
const empty = frame(Buffer.alloc(0));
/** Unanswered events that one consumer may ask for at once. */
const bufferSizeMax = 100_000;

/** What the service asks of the caller of a call. */
export interface Callers {
  nameOf(headers: IncomingHttpHeaders): string;
  checkManagement(headers: IncomingHttpHeaders): void;
  checkReading(headers: IncomingHttpHeaders, stream: string): void;
}

/** Serves `event_store.client.persistent_subscriptions`. */
export function servePersistentSubscriptions(
  server: GrpcServer,
  groups: () => PersistentSubscriptions,
  callers: Callers,
): void {
  const unary = (
    name: string,
    answer: (request: Buffer, headers: IncomingHttpHeaders) => Buffer | Promise<Buffer>,
  ) =>
    server.method(`${service}/${name}`, async (call, headers) =>
      call.succeed(await answer(await call.receiveOne(), headers)),
    );
  const managed = (
    name: string,
    act: (request: Buffer, headers: IncomingHttpHeaders) => Promise<void> | void,
  ) =>
    unary(name, async (request, headers) => {
      callers.checkManagement(headers);
      await act(request, headers);
      return empty;
    });
  managed('Create', (request, headers) =>
    groups().create(readSettingsRequest(request), callers.nameOf(headers)),
  );
  managed('Update', (request, headers) =>
    groups().update(readSettingsRequest(request), callers.nameOf(headers)),
  );
  managed('Delete', (request, headers) =>
    groups().delete(readDeleteRequest(request), callers.nameOf(headers)),
  );
  managed('ReplayParked', (request) => groups().replay(readReplayRequest(request)));
  managed('RestartSubsystem', () => groups().restart());
  unary('GetInfo', (request) => informationFrame([groups().get(readInfoRequest(request))]));
  unary('List', (request) => informationFrame(groups().list(readListRequest(request))));
  server.method(`${service}/Read`, (call, headers) => consume(call, headers, groups(), callers));
}

/** `GetInfoResp` and `ListResp` both hold `SubscriptionInfo` in field 1. */
function informationFrame(groups: readonly RunningGroup[]): Buffer {
  const writer = new ProtoWriter();
  const now = performance.now();
  for (const { definition, state, meter, streams } of groups) {
    const facts = { ...definition, parkedCount: streams.parkedCount };
    writer.message(1, (nested) => writeGroupInformation(nested, facts, state, meter, now));
  }
  return frame(writer.finish());
}

/** One consumer's call, from its first message to its end. */
async function consume(
  call: ServerCall,
  headers: IncomingHttpHeaders,
  groups: PersistentSubscriptions,
  callers: Callers,
): Promise<void> {
  const first = await call.receive();
  if (!first) return;
  const wanted = readConsumerRequest(first);
  if (wanted.kind !== 'connect') {
    throw new GrpcError(GrpcCode.InvalidArgument, 'the first message must name a group');
  }
  callers.checkReading(headers, wanted.stream);
  checkBufferSize(wanted.bufferSize);
  const id = randomUUID();
  const consumer = {
    id,
    connectionName: String(headers['connection-name'] ?? '<unknown>'),
    user: callers.nameOf(headers),
    maxInFlight: wanted.bufferSize,
  };
  let confirmed = false;
  const connection = {
    deliver: (message: Parameters<typeof messageFrame>[0]) => {
      if (!confirmed) confirm();
      call.send(messageFrame(message, wanted.uuidText));
    },
    dropped: () => call.fail(dropped(wanted)),
  };
  const confirm = () => {
    confirmed = true;
    call.send(confirmationFrame(`${wanted.stream}::${wanted.group}`));
  };
  const group = groups.connect(wanted, consumer, connection);
  if (!confirmed) confirm();
  call.lasting = true;
  call.onOver(() => group.disconnect(id));
  await answers(call, group);
}

async function answers(call: ServerCall, group: RunningGroup): Promise<void> {
  for (;;) {
    const message = await call.receive();
    if (!message) return;
    const request: ConsumerRequest = readConsumerRequest(message);
    if (request.kind === 'ack') group.acknowledge(request.ids);
    else if (request.kind === 'nack') group.refuse(request.ids, request.action, request.reason);
    else throw new GrpcError(GrpcCode.InvalidArgument, 'neither an acknowledgement nor a refusal');
  }
}

function checkBufferSize(bufferSize: number): void {
  if (bufferSize >= 1 && bufferSize <= bufferSizeMax) return;
  const message = `the buffer size must lie between 1 and ${bufferSizeMax}`;
  throw new GrpcError(GrpcCode.InvalidArgument, message);
}

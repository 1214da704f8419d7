import { frame } from '../grpc/framing';
import type { GrpcServer } from '../grpc/server';
import { ProtoWriter } from '../protobuf/writer';

/** The version that clients compare to know what they may use; the one whose answers we give. */
export const serverVersion = '26.2.0-prerelease';

const v1 = 'event_store.client.';

/** Service, methods and their features, in lower case as the original answers. */
const supported: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [`${v1}streams.streams`, ['read'], ['position', 'events']],
  [`${v1}streams.streams`, ['batchappend'], ['deadline_duration']],
  [`${v1}streams.streams`, ['append', 'delete', 'tombstone'], []],
  [
    `${v1}persistent_subscriptions.persistentsubscriptions`,
    ['create', 'update', 'delete', 'read', 'getinfo', 'replayparked', 'list', 'restartsubsystem'],
    ['stream', 'all'],
  ],
  [`${v1}gossip.gossip`, ['read'], []],
  [`${v1}server_features.serverfeatures`, ['getsupportedmethods'], []],
  ['kurrentdb.protocol.v2.streams.streamsservice', ['appendsession', 'appendrecords'], []],
];

/** Registers `ServerFeatures/GetSupportedMethods`. */
export function serveServerFeatures(server: GrpcServer): void {
  const answer = frame(supportedMethods());
  server.method(`/${v1}server_features.ServerFeatures/GetSupportedMethods`, async (call) => {
    await call.receiveOne();
    call.succeed(answer);
  });
}

function supportedMethods(): Buffer {
  const message = new ProtoWriter();
  for (const [service, methods, features] of supported) {
    for (const method of methods) {
      message.message(1, (entry) => {
        entry.string(1, method).string(2, service);
        for (const feature of features) entry.string(3, feature);
      });
    }
  }
  return message.string(2, serverVersion).finish();
}

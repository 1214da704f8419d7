import { randomUUID } from 'node:crypto';
import { frame } from '../grpc/framing';
import type { GrpcServer } from '../grpc/server';
import { ProtoWriter } from '../protobuf/writer';

const leaderState = 8;
const ticksPerMs = 10_000n;
const unixEpochTicks = 621_355_968_000_000_000n;

/** Registers `Gossip/Read`: a cluster of one node, which leads it. */
export function serveGossip(
  server: GrpcServer,
  address: () => { host: string; port: number },
): void {
  const instanceId = randomUUID();
  server.method('/event_store.client.gossip.Gossip/Read', async (call) => {
    await call.receiveOne();
    const { host, port } = address();
    const message = new ProtoWriter().message(1, (member) =>
      member
        .message(1, (id) => id.string(2, instanceId))
        .bigUint64(2, BigInt(Date.now()) * ticksPerMs + unixEpochTicks)
        .uint64(3, leaderState)
        .bool(4, true)
        .message(5, (endpoint) => endpoint.string(1, host).uint64(2, port)),
    );
    call.succeed(frame(message.finish()));
  });
}

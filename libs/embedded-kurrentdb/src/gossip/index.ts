import { randomUUID } from 'node:crypto';
import { frame } from '../grpc/framing';
import type { GrpcServer } from '../grpc/server';
import { ProtoWriter } from '../protobuf/writer';

const leaderState = 8;
const ticksPerMs = 10_000n;
const unixEpochTicks = 621_355_968_000_000_000n;

interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Registers `Gossip/Read`: a cluster of one node, which leads it. Its address is the one at which
 * the client reached it: the one listened on may be that of all interfaces, or behind a mapping.
 */
export function serveGossip(server: GrpcServer, listening: () => Address): void {
  const instanceId = randomUUID();
  server.method('/event_store.client.gossip.Gossip/Read', async (call, headers) => {
    await call.receiveOne();
    const { host, port } = reachedAt(headers[':authority']) ?? listening();
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

function reachedAt(authority = ''): Address | undefined {
  const [, host, port] = /^(.{1,255}):(\d{1,5})$/.exec(authority) ?? [];
  return host && port ? { host, port: Number(port) } : undefined;
}

import { type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A TCP proxy that can lose replies: requests pass, answers are thrown away, then the line dies. */
export interface DroppingProxy {
  readonly port: number;
  /** Throws away what the server answers for so long, then breaks every connection. */
  dropReplies(forMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function startDroppingProxy(toPort: number): Promise<DroppingProxy> {
  let dropping = false;
  const lines = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: toPort, noDelay: true });
    client.setNoDelay(true);
    const line = [client, upstream] as const;
    lines.add(line);
    const end = () => {
      lines.delete(line);
      for (const socket of line) socket.destroy();
    };
    for (const socket of line) socket.on('error', end).on('close', end);
    client.on('data', (data) => pass(data, client, upstream));
    upstream.on('data', (data) => {
      if (!dropping) pass(data, upstream, client);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const breakAll = () => {
    for (const line of [...lines]) for (const socket of line) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    async dropReplies(forMs) {
      dropping = true;
      await new Promise((resolve) => setTimeout(resolve, forMs));
      breakAll();
      dropping = false;
    },
    async close() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(data: Buffer, from: Socket, to: Socket): void {
  if (to.write(data)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

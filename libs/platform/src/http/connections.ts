import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import type { RequestInWork } from './admission';

/** A server's connections, and which of them a stop ends. */
export class Connections {
  private readonly sockets = new Set<Socket>();
  /** How many bytes a client had sent when the last of its requests was answered. */
  private readonly answered = new WeakMap<Socket, number>();
  /** How many bytes a client had taken when connections were last looked through. */
  private readonly taken = new WeakMap<Socket, number>();

  constructor(
    server: FastifyInstance,
    private readonly inWork: Iterable<RequestInWork>,
  ) {
    server.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.addHook('onResponse', ({ raw: { socket } }, _reply, done) => {
      this.answered.set(socket, socket.bytesRead);
      done();
    });
    // Node's own, which every stop calls, cuts answers that a slow client is still reading.
    server.server.closeIdleConnections = () => this.endIdle();
  }

  /**
   * Ends every connection but those with a request that has come as a whole, and of these the ones
   * whose client has taken nothing of its answer since the last call.
   */
  endStalled(): void {
    const answering = this.socketsOf(({ request }) => request.raw.complete);
    for (const socket of this.sockets) {
      if (!answering.has(socket) || this.isUnread(socket)) socket.destroy();
    }
  }

  /** Ends the connections on which nothing has come since the last answer was taken. */
  private endIdle(): void {
    const busy = this.socketsOf(() => true);
    for (const socket of this.sockets) {
      const isIdle = socket.bytesRead === (this.answered.get(socket) ?? 0);
      if (isIdle && !busy.has(socket)) socket.destroy();
    }
  }

  private socketsOf(isMeant: (request: RequestInWork) => boolean): ReadonlySet<Socket> {
    return new Set([...this.inWork].filter(isMeant).map(({ request }) => request.raw.socket));
  }

  private isUnread(socket: Socket): boolean {
    const before = this.taken.get(socket);
    const now = socket.bytesWritten - socket.writableLength;
    this.taken.set(socket, now);
    return socket.writableLength > 0 && now === before;
  }
}

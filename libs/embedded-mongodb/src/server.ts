import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FailPoint } from './commands/fail-point';
import { OpenCursors } from './commands/open-cursors';
import { forgetOldAnswers } from './commands/remembered-answers';
import type { ServerState } from './commands/server-state';
import { MongoStore } from './storage/mongo-store';
import { Connection } from './wire/connection';

/** How to start a server. Port 0 takes a free one. */
export interface EmbeddedMongoDBOptions {
  readonly dataDir: string;
  readonly port?: number;
  readonly host?: string;
  readonly connectionsMax?: number;
  readonly cursorsMax?: number;
  readonly cursorIdleMs?: number;
  /** Told once when a commit failed: nothing is served any more; stop it and start it again. */
  readonly onFailure?: (error: Error) => void;
  /** Told of errors that are nobody's input: by default they go to standard error. */
  readonly onDefect?: (error: unknown) => void;
}

/** A running server. */
export interface EmbeddedMongoDB {
  readonly port: number;
  /** What clients connect with. */
  readonly url: string;
  /** Finishes what is running, closes all connections and frees the folder. */
  stop(): Promise<void>;
}

const FORGET_EVERY_MS = 60_000;
/** For the commands that run; each lets its own go before the next begins. */
const SNAPSHOTS_BESIDE_CURSORS = 24;

function reportDefect(error: unknown): void {
  process.stderr.write(
    `embedded-mongodb: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
}

/**
 * Starts a MongoDB server on a data folder. Throws StoreLockedError when another process holds the
 * folder, and the usual EADDRINUSE when the port is taken.
 */
export async function startEmbeddedMongoDB(
  options: EmbeddedMongoDBOptions,
): Promise<EmbeddedMongoDB> {
  const onDefect = options.onDefect ?? reportDefect;
  const cursorsMax = options.cursorsMax ?? 1_000;
  const store = await MongoStore.open({
    dataDir: options.dataDir,
    command: 'embedded-mongodb',
    snapshotsMax: cursorsMax + SNAPSHOTS_BESIDE_CURSORS,
    onPoisoned: options.onFailure,
  });
  const state: ServerState = {
    store,
    cursors: new OpenCursors({ cursorsMax, idleMs: options.cursorIdleMs ?? 600_000 }),
    failPoint: new FailPoint(),
    writeFault: new FailPoint(),
    startedAt: new Date(),
    counters: { connections: 0, commands: 0, unfinishedBytes: 0 },
    connectionsMax: options.connectionsMax ?? 1_000,
    stopping: false,
  };
  const connections = new Set<Connection>();
  const server = createServer((socket) => accept(socket, state, connections, onDefect));
  server.maxConnections = state.connectionsMax;
  const host = options.host ?? '127.0.0.1';
  try {
    await listen(server, options.port ?? 27017, host);
  } catch (error) {
    state.cursors.closeAll();
    await store.close();
    throw error;
  }
  const timer = setInterval(() => {
    forgetOldAnswers(store, Date.now()).catch(onDefect);
  }, FORGET_EVERY_MS);
  timer.unref();
  const { port } = server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    state.stopping = true;
    clearInterval(timer);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.all([...connections].map((connection) => connection.finish()));
    await closed;
    state.cursors.closeAll();
    await store.close();
  };
  return {
    port,
    url: `mongodb://${host.includes(':') ? `[${host}]` : host}:${port}`,
    stop: () => (stopped ??= stop()),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

let lastConnection = 0;

function accept(
  socket: Socket,
  state: ServerState,
  connections: Set<Connection>,
  onDefect: (error: unknown) => void,
): void {
  const info = {
    id: ++lastConnection,
    remote: addressText(socket.remoteAddress, socket.remotePort),
    local: addressText(socket.localAddress, socket.localPort),
    appName: undefined,
  };
  const connection = new Connection(socket, info, state, onDefect);
  connections.add(connection);
  state.counters.connections++;
  socket.on('close', () => {
    connections.delete(connection);
    state.counters.connections--;
  });
}

function addressText(address: string | undefined, port: number | undefined): string {
  const plain = (address ?? '').replace(/^::ffff:/, '');
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}

import { inspect } from 'node:util';
import { writeFirstEvents } from './first-start';
import { serveGossip } from './gossip';
import { GrpcServer } from './grpc/server';
import { PersistentSubscriptions, servePersistentSubscriptions } from './persistent';
import { plainAnswers } from './plain-http';
import { LinkProjector, serveProjections } from './projections';
import { securityOf, type SecurityOptions } from './security';
import { serveServerFeatures } from './server-features';
import { DamagedEventError } from './storage/damaged-event-error';
import { EventStore, type StoreStatistics } from './storage/event-store';
import type { ScavengeReport } from './storage/scavenge';
import { statusOf } from './statuses';
import { serveStreams } from './streams';

/** How to start a server; everything but the folder has a default. */
export interface EmbeddedKurrentDBOptions extends SecurityOptions {
  /** Where the data lie; made when it is not there. One server at a time. */
  readonly dataDir: string;
  /** 2113 by default; 0 takes any free port. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** Largest event, and largest append, in bytes. */
  readonly maxRecordBytes?: number;
  readonly maxAppendBytes?: number;
  readonly maxConnections?: number;
  readonly maxCallsPerConnection?: number;
  /**
   * Keep `$ce-`, `$et-`, `$bc-` and `$streams` up to date, as the original's system projections
   * do.
   */
  readonly linkStreams?: boolean;
  /**
   * Told when the server can serve no longer because a commit failed; stop it and start it again.
   */
  readonly onFailure?: (error: Error) => void;
}

/** A running server. */
export interface EmbeddedKurrentDB {
  readonly port: number;
  readonly host: string;
  /** The connection string for the official clients. */
  readonly url: string;
  /** Figures about the store and the connections. */
  statistics(): ServerStatistics;
  /** Frees what can no longer be read, while the server runs. */
  scavenge(): Promise<ScavengeReport>;
  /** Copies the store as it is now into a new folder, while the server runs. */
  backup(target: string): Promise<void>;
  /** Lets calls in flight end, then closes everything; resolves when the folder is free. */
  stop(): Promise<void>;
}

/** Figures about a running server. */
export interface ServerStatistics extends StoreStatistics {
  readonly connections: number;
  readonly calls: number;
}

const mib = 1024 * 1024;

/** Starts a server. Throws StoreLockedError when another process holds the folder. */
export async function startEmbeddedKurrentDB(
  options: EmbeddedKurrentDBOptions,
): Promise<EmbeddedKurrentDB> {
  const host = options.host ?? '127.0.0.1';
  const limits = {
    recordBytesMax: options.maxRecordBytes ?? 16 * mib,
    appendBytesMax: options.maxAppendBytes ?? 64 * mib,
  };
  const security = securityOf(options, () => store);
  const store: EventStore = await EventStore.open({
    dataDir: options.dataDir,
    command: `embedded-kurrentdb ${process.argv.slice(1).join(' ')}`.slice(0, 500),
    linkStreams: options.linkStreams,
    onPoisoned: (error) => options.onFailure?.(error),
  });
  const reportDefect = (error: unknown): void =>
    void process.stderr.write(`embedded-kurrentdb: ${inspect(error)}\n`);
  const server = new GrpcServer({
    messageBytesMax: limits.appendBytesMax + 16 * mib,
    inputBytesMax: 128 * mib,
    connectionsMax: options.maxConnections ?? 10_000,
    callsPerConnectionMax: options.maxCallsPerConnection ?? 10_000,
    plainHttp: plainAnswers(limits, security),
    authorise: (headers, path) => {
      store.refuseWhenPoisoned();
      return security.authentication.authorise(headers, path);
    },
    tls: options.tls,
    statusOf: (error) => {
      // Not every client passes the message on, and it is the operator who has to act.
      if (error instanceof DamagedEventError) {
        process.stderr.write(`embedded-kurrentdb: ${error.message}\n`);
      }
      return statusOf(error);
    },
    onDefect: reportDefect,
  });
  const groups = new PersistentSubscriptions(store, reportDefect);
  const projector = new LinkProjector(store, reportDefect);
  let port = 0;
  serveServerFeatures(server);
  serveGossip(server, () => ({ host, port }));
  serveProjections(server, options.linkStreams ? undefined : projector, security.checkManagement);
  serveStreams(server, security.storeFor, limits);
  servePersistentSubscriptions(server, () => groups, security);
  try {
    await writeFirstEvents(store);
    if (options.linkStreams) await projector.handOver();
    port = await server.listen(options.port ?? 2113, host);
  } catch (error) {
    await projector.close();
    await groups.close();
    await store.close();
    throw error;
  }
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = server.close();
    await groups.close();
    await closed;
    await projector.close();
    await store.close();
  };
  return {
    port,
    host,
    url: `kurrentdb://${host}:${port}?tls=${options.tls ? 'true' : 'false'}`,
    statistics: () => ({
      ...store.statistics(),
      connections: server.connectionCount,
      calls: server.callCount,
    }),
    scavenge: () => store.scavenge(),
    backup: (target) => store.store.backup(target),
    stop: () => (stopped ??= stop()),
  };
}

import { join, resolve } from 'node:path';
import nodeArgs from '../node-args.json';
import { urlAt } from './addresses';
import type { StandaloneConfig } from './config';

/** One process of the ledger: how to start it and how to tell that it is ready. */
export interface Part {
  readonly name: string;
  readonly script: string;
  /** Node's own arguments, before the script. */
  readonly nodeArgs: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  readonly port: number;
  /** The setting that moves the port, named when the port is taken. */
  readonly portSetting: string;
  /** Ready when this path answers 200; without it, when the port takes connections. */
  readonly readyPath?: string;
  /**
   * What it may not be ready for and the start goes on, by the code of its readiness, with what to
   * do: only a command to the running ledger can end it.
   */
  readonly heldUpBy?: Readonly<Record<string, string>>;
}

const noEventStore = 'is it running where KURRENTDB_URL says, with TLS as the URL says?';
const noReadStore = 'is it running where MONGODB_URL says?';

/** What to look at when a service's readiness says that it lacks this. */
export const adviceOfCheck: Readonly<Record<string, string>> = {
  eventStore: noEventStore,
  readStore: noReadStore,
  mongodb: noReadStore,
};

const loopback = '127.0.0.1';

const projectorHeldUpBy = {
  ViewsOfAnotherLog: `The views come from another log than the store's, or from a newer state of it: they stand still.
Make them anew while this runs: npm run daybook -- rebuild`,
};

/**
 * The parts in order of start; a store whose URL is set is somebody else's to run. The arguments for
 * Node are about garbage collection, docs/explanation/performance.md says why.
 */
export function partsOf(config: StandaloneConfig, dist: string): readonly Part[] {
  const data = resolve(config.DAYBOOK_DIR);
  const store = (name: string, port: number, portSetting: string): Part => ({
    name: `embedded-${name}`,
    script: join(dist, 'libs', `embedded-${name}`, 'cli.js'),
    nodeArgs: nodeArgs.store,
    args: ['--data', join(data, name), '--port', String(port)],
    env: {},
    host: loopback,
    port,
    portSetting,
  });
  const urls = storeUrls(config);
  const service = (name: string, port: number, portSetting: string): Part => ({
    name,
    script: join(dist, 'apps', name, 'main.js'),
    nodeArgs: nodeArgs.service,
    args: [],
    env: { ...urls, PORT: String(port), HOST: config.HOST, ...peers(config) },
    host: config.HOST,
    port,
    portSetting,
    readyPath: '/health/ready',
  });
  const { EMBEDDED_KURRENTDB_PORT, EMBEDDED_MONGODB_PORT } = config;
  return [
    ...(config.KURRENTDB_URL
      ? []
      : [store('kurrentdb', EMBEDDED_KURRENTDB_PORT, 'EMBEDDED_KURRENTDB_PORT')]),
    ...(config.MONGODB_URL
      ? []
      : [store('mongodb', EMBEDDED_MONGODB_PORT, 'EMBEDDED_MONGODB_PORT')]),
    service('command', config.COMMAND_PORT, 'COMMAND_PORT'),
    {
      ...service('projector', config.PROJECTOR_PORT, 'PROJECTOR_PORT'),
      heldUpBy: projectorHeldUpBy,
    },
    service('query', config.QUERY_PORT, 'QUERY_PORT'),
  ];
}

/** The stores' addresses as the services are told them. */
export function storeUrls(config: StandaloneConfig) {
  const { EMBEDDED_KURRENTDB_PORT, EMBEDDED_MONGODB_PORT } = config;
  return {
    KURRENTDB_URL:
      config.KURRENTDB_URL ?? `kurrentdb://${loopback}:${EMBEDDED_KURRENTDB_PORT}?tls=false`,
    MONGODB_URL: config.MONGODB_URL ?? `mongodb://${loopback}:${EMBEDDED_MONGODB_PORT}/daybook`,
  };
}

/** Where the parts reach each other over HTTP. */
export function peers(config: StandaloneConfig) {
  return {
    COMMAND_URL: urlAt(config.HOST, config.COMMAND_PORT),
    PROJECTOR_URL: urlAt(config.HOST, config.PROJECTOR_PORT),
    QUERY_URL: urlAt(config.HOST, config.QUERY_PORT),
  };
}

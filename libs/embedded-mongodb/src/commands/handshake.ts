import * as os from 'node:os';
import { BsonDate, Double, docOf, isDoc, ObjectId, type Value } from '../bson/values';
import { MongoError, notImplemented } from '../errors';
import { isNumeric, toDouble } from '../numbers/compare-numbers';
import { type CommandHandler, flagArgument } from './command-context';
import { SESSION_MINUTES } from './remembered-answers';

/** The MongoDB release whose behaviour is followed, and its wire version. */
export const VERSION = '8.0.0';
const WIRE_VERSION_MAX = 25;

export const MESSAGE_BYTES_MAX = 48_000_000;
const SET_NAME = 'embedded';
const ELECTION_ID = new ObjectId(Buffer.from('7fffffff0000000000000001', 'hex'));

/**
 * hello and its older names. The server presents itself as the primary of a replica set of one,
 * because official drivers retry writes and open sessions only with a replica set, and both are
 * kept here. Its address is the one at which the client reached it, so that discovery leads back.
 */
export const hello: CommandHandler = ({ name, body, connection, server }) => {
  const client = body.get('client');
  const application = isDoc(client) ? client.get('application') : undefined;
  const appName = isDoc(application) ? application.get('name') : undefined;
  if (typeof appName === 'string') connection.appName = appName;
  const primaryField = name === 'hello' ? 'isWritablePrimary' : 'ismaster';
  return docOf({
    helloOk: true,
    [primaryField]: !server.stopping,
    secondary: false,
    setName: SET_NAME,
    setVersion: 1,
    hosts: [connection.local],
    primary: connection.local,
    me: connection.local,
    electionId: ELECTION_ID,
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: MESSAGE_BYTES_MAX,
    maxWriteBatchSize: 100_000,
    localTime: new BsonDate(BigInt(Date.now())),
    logicalSessionTimeoutMinutes: SESSION_MINUTES,
    connectionId: connection.id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION_MAX,
    readOnly: false,
  });
};

const nothing: CommandHandler = () => new Map();

const buildInfo: CommandHandler = () =>
  docOf({
    version: VERSION,
    versionArray: VERSION.split('.').map(Number).concat(0) as Value[],
    gitVersion: 'embedded-mongodb',
    modules: [],
    allocator: 'system',
    javascriptEngine: 'none',
    storageEngines: ['lmdb'],
    bits: 64,
    debug: false,
    maxBsonObjectSize: 16 * 1024 * 1024,
  });

const serverStatus: CommandHandler = ({ server }) => {
  const uptimeMs = Date.now() - server.startedAt.getTime();
  const memory = process.memoryUsage();
  return docOf({
    host: 'embedded-mongodb',
    version: VERSION,
    process: 'embedded-mongodb',
    pid: BigInt(process.pid),
    uptime: new Double(Math.floor(uptimeMs / 1000)),
    uptimeMillis: BigInt(uptimeMs),
    localTime: new BsonDate(BigInt(Date.now())),
    connections: docOf({
      current: server.counters.connections,
      available: server.connectionsMax - server.counters.connections,
    }),
    network: docOf({ numRequests: BigInt(server.counters.commands) }),
    metrics: docOf({ cursor: docOf({ open: docOf({ total: BigInt(server.cursors.count) }) }) }),
    mem: docOf({ resident: Math.round(memory.rss / 1_048_576), bits: 64 }),
    storageEngine: docOf({ name: 'lmdb', persistent: true }),
  });
};

/** To whom credentials are in the URL it must be told that they are what is wrong. */
const authenticate: CommandHandler = () => {
  throw new MongoError(
    18,
    'Authentication failed: this server has no users; connect without user name and password',
  );
};

/** profile: there is none, which levels that switch it off and the question for it accept. */
const profile: CommandHandler = ({ body }) => {
  const level = body.get('profile');
  if (!isNumeric(level) || toDouble(level) > 0) {
    throw notImplemented('profile: this server keeps no profile, only level 0 is supported');
  }
  return docOf({ was: 0 });
};

const hostInfo: CommandHandler = () =>
  docOf({
    system: docOf({
      currentTime: new BsonDate(BigInt(Date.now())),
      hostname: os.hostname(),
      cpuAddrSize: 64,
      memSizeMB: BigInt(Math.floor(os.totalmem() / 1_048_576)),
      numCores: os.cpus().length,
      cpuArch: os.arch(),
    }),
    os: docOf({ type: os.type(), name: os.type(), version: os.release() }),
    extra: new Map(),
  });

/** Commands that speak of the server itself: what drivers and shells ask before they begin. */
export const HANDSHAKE_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: nothing,
  endSessions: nothing,
  refreshSessions: nothing,
  killSessions: nothing,
  killAllSessions: nothing,
  logout: nothing,
  buildInfo,
  buildinfo: buildInfo,
  serverStatus,
  authenticate,
  saslStart: authenticate,
  saslContinue: authenticate,
  usersInfo: () => docOf({ users: [] }),
  rolesInfo: () => docOf({ roles: [] }),
  profile,
  connectionStatus: ({ body }) =>
    docOf({
      authInfo: docOf({
        authenticatedUsers: [],
        authenticatedUserRoles: [],
        authenticatedUserPrivileges: flagArgument(body, 'showPrivileges') ? [] : undefined,
      }),
    }),
  whatsmyuri: ({ connection }) => docOf({ you: connection.remote }),
  getCmdLineOpts: () => docOf({ argv: ['embedded-mongodb'], parsed: new Map() }),
  getFreeMonitoringStatus: () => docOf({ state: 'disabled' }),
  getLog: ({ body }) =>
    body.get('getLog') === '*'
      ? docOf({ names: ['global', 'startupWarnings'] })
      : docOf({ totalLinesWritten: 0, log: [] }),
  getParameter: ({ body }) => {
    const known: Record<string, Value> = {
      featureCompatibilityVersion: docOf({ version: VERSION.slice(0, 3) }),
      enableTestCommands: true,
      authenticationMechanisms: [],
      requireApiVersion: false,
    };
    const all = body.get('getParameter') === '*';
    const asked = Object.entries(known).filter(([name]) => all || body.has(name));
    if (asked.length === 0) throw new MongoError(72, 'no option found to get');
    return docOf(Object.fromEntries(asked));
  },
  hostInfo,
  replSetGetStatus: ({ connection }) =>
    docOf({
      set: SET_NAME,
      myState: 1,
      members: [
        docOf({
          _id: 0,
          name: connection.local,
          health: new Double(1),
          state: 1,
          stateStr: 'PRIMARY',
          self: true,
        }),
      ],
    }),
};

import { statusOfFailedStart, whyNotStarted } from '@daybook/embedded-store';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { backupDataDir, checkDataDir, scavengeDataDir } from './maintenance';
import { defaultUsers } from './security';
import { startEmbeddedKurrentDB, type EmbeddedKurrentDBOptions } from './server';

const usage = `embedded-kurrentdb: a durable single-node server with KurrentDB's gRPC protocol

  embedded-kurrentdb --data DIR [--port 2113] [--host 127.0.0.1] [--link-streams]
                     [--tls-key FILE --tls-cert FILE] [--default-users] [--access-lists]
                     [--user NAME:PASSWORD[:ROLE,ROLE]]...
  embedded-kurrentdb check    --data DIR            reads a stopped store and names what is wrong
  embedded-kurrentdb scavenge --data DIR            frees what a stopped store can no longer show
  embedded-kurrentdb backup   --data DIR --to DIR   copies a store, running or not

--cert and --key are short for --tls-cert and --tls-key. --default-users are the original's admin
and ops with the password changeit; each --user adds one. With any of them every call needs
credentials. --access-lists obeys those in stream metadata. --link-streams keeps $ce-, $et-, $bc-
and $streams up to date.

Exit status: 0 clean, 1 refused or something is wrong, 2 wrong usage or a folder of another version.`;

type SecurityArguments = Pick<EmbeddedKurrentDBOptions, 'tls' | 'users' | 'accessLists'>;

interface Arguments {
  readonly data: string;
  readonly to?: string;
  readonly port: number;
  readonly host: string;
  readonly linkStreams: boolean;
  readonly security: SecurityArguments;
}

class UsageError extends Error {}

async function main(): Promise<number | undefined> {
  const { values, positionals } = parse();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (!values.data) throw new UsageError('--data is missing');
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${values.port} is no port`);
  }
  const { data, to, host } = values;
  const linkStreams = values['link-streams'];
  const security = {
    tls: tlsOf(values['tls-key'] ?? values.key, values['tls-cert'] ?? values.cert),
    users: usersOf(values.user, values['default-users']),
    accessLists: values['access-lists'],
  };
  return run(positionals[0], { data, to, port, host, linkStreams, security });
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        to: { type: 'string' },
        port: { type: 'string', default: '2113' },
        host: { type: 'string', default: '127.0.0.1' },
        'link-streams': { type: 'boolean', default: false },
        'tls-key': { type: 'string' },
        'tls-cert': { type: 'string' },
        key: { type: 'string' },
        cert: { type: 'string' },
        user: { type: 'string', multiple: true, default: [] },
        'default-users': { type: 'boolean', default: false },
        'access-lists': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function tlsOf(key: string | undefined, cert: string | undefined): EmbeddedKurrentDBOptions['tls'] {
  if (!key && !cert) return undefined;
  if (!key || !cert) throw new UsageError('--tls-key and --tls-cert belong together');
  return { key: fileOf('--tls-key', key), cert: fileOf('--tls-cert', cert) };
}

function fileOf(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${option} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function usersOf(texts: readonly string[], withDefaults: boolean): SecurityArguments['users'] {
  if (texts.length === 0) return withDefaults ? true : undefined;
  const accounts = texts.map((text) => {
    const [, name, password, roles] = /^([^:]+):([^:]+)(?::([^:]*))?$/.exec(text) ?? [];
    if (!name || !password) throw new UsageError('--user takes NAME:PASSWORD[:ROLE,ROLE]');
    return { name, password, roles: roles?.split(',').filter((role) => role !== '') };
  });
  return withDefaults ? [...defaultUsers, ...accounts] : accounts;
}

async function run(command: string | undefined, args: Arguments): Promise<number | undefined> {
  switch (command) {
    case undefined:
      await serve(args);
      return undefined;
    case 'check':
      return check(args.data);
    case 'scavenge': {
      const { scannedEvents, removedEvents, freedBytes } = await scavengeDataDir(args.data);
      console.log(
        `${scannedEvents} events read, ${removedEvents} removed, ${freedBytes} bytes freed`,
      );
      return 0;
    }
    case 'backup':
      if (!args.to) throw new UsageError('--to is missing');
      await backupDataDir(args.data, args.to);
      console.log(`copied to ${args.to}`);
      return 0;
    default:
      throw new UsageError(`there is no command '${command}'`);
  }
}

async function check(dataDir: string): Promise<number> {
  const { blocks, events, streams, problems } = await checkDataDir(dataDir);
  console.log(`${events} events in ${blocks} blocks, ${streams} streams`);
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'clean' : `${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

async function serve({ data, port, host, linkStreams, security }: Arguments): Promise<void> {
  const fail = (error: unknown) =>
    end(whyNotStarted(error, { data, port, host }), statusOfFailedStart(error));
  const starting = startEmbeddedKurrentDB({
    dataDir: data,
    port,
    host,
    linkStreams,
    ...security,
    onFailure: fail,
  });
  const stop = (): void =>
    void starting.then((server) => server.stop()).then(() => process.exit(0), fail);
  // Before it listens: whoever starts it may end it as soon as it says so, and sooner.
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // Started with an IPC channel, it ends with the process that started it.
  if (process.connected) process.once('disconnect', stop);
  const server = await starting.catch(fail);
  console.log(`embedded-kurrentdb listens at ${server.url}`);
}

function end(problem: string, status: number): never {
  console.error(`embedded-kurrentdb: ${problem}`);
  process.exit(status);
}

main().then(
  (code) => {
    if (code !== undefined) process.exit(code);
  },
  (error: unknown) => {
    const problem = error instanceof Error ? error.message : String(error);
    if (error instanceof UsageError) end(`${problem}\n${usage}`, 2);
    end(problem, 1);
  },
);

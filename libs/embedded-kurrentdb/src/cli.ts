import { portOf, readArguments, runCommand, serve, UsageError } from '@daybook/embedded-store';
import { readFileSync } from 'node:fs';
import { backupDataDir, checkDataDir, scavengeDataDir } from './maintenance';
import { defaultUsers } from './security';
import { startEmbeddedKurrentDB, type EmbeddedKurrentDBOptions } from './server';

const name = 'embedded-kurrentdb';
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

async function main(): Promise<number | undefined> {
  const { values, positionals } = parse();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (!values.data) throw new UsageError('--data is missing');
  const port = portOf(values.port);
  const { data, to, host } = values;
  const linkStreams = values['link-streams'];
  const security = {
    tls: tlsOf(values['tls-key'] ?? values.key, values['tls-cert'] ?? values.cert),
    users: usersOf(values.user, values['default-users']),
    accessLists: values['access-lists'],
  };
  return run(positionals[0], { data, to, port, host, linkStreams, security });
}

const parse = () =>
  readArguments({
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
      await serveStore(args);
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

async function serveStore(args: Arguments): Promise<void> {
  const { data, port, host, linkStreams, security } = args;
  const server = await serve(name, args, (onFailure) =>
    startEmbeddedKurrentDB({ dataDir: data, port, host, linkStreams, ...security, onFailure }),
  );
  console.log(`embedded-kurrentdb listens at ${server.url}`);
}

runCommand(name, usage, main);

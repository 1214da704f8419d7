import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { backupDataDir, checkDataDir, scavengeDataDir } from './maintenance';
import { startEmbeddedKurrentDB, type EmbeddedKurrentDBOptions } from './server';

const usage = `embedded-kurrentdb: a durable single-node server with KurrentDB's gRPC protocol

  embedded-kurrentdb --data DIR [--port 2113] [--host 127.0.0.1] [--link-streams]
                     [--tls-key FILE --tls-cert FILE]
  embedded-kurrentdb check    --data DIR            reads a stopped store and names what is wrong
  embedded-kurrentdb scavenge --data DIR            frees what a stopped store can no longer show
  embedded-kurrentdb backup   --data DIR --to DIR   copies a store, running or not

Exit status: 0 clean, 1 refused or something is wrong, 2 wrong usage.`;

interface Arguments {
  readonly data: string;
  readonly to?: string;
  readonly port: number;
  readonly host: string;
  readonly linkStreams: boolean;
  readonly tls: EmbeddedKurrentDBOptions['tls'];
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
  const tls = tlsOf(values['tls-key'], values['tls-cert']);
  return run(positionals[0], { data, to, port, host, linkStreams, tls });
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
  return { key: readFileSync(key), cert: readFileSync(cert) };
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

async function serve({ data, port, host, linkStreams, tls }: Arguments): Promise<void> {
  const server = await startEmbeddedKurrentDB({
    dataDir: data,
    port,
    host,
    linkStreams,
    tls,
    onFailure: (error) => {
      console.error(`embedded-kurrentdb: ${error.message}`);
      process.exit(1);
    },
  });
  console.log(`embedded-kurrentdb listens at ${server.url}`);
  const stop = (): void => void server.stop().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // Started with an IPC channel, it ends with the process that started it.
  if (process.connected) process.once('disconnect', stop);
}

main().then(
  (code) => {
    if (code !== undefined) process.exit(code);
  },
  (error: unknown) => {
    console.error(`embedded-kurrentdb: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UsageError) console.error(usage);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);

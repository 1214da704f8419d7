import { statusOfFailedStart, type StartArguments, whyNotStarted } from '@daybook/embedded-store';
import { parseArgs } from 'node:util';
import { startEmbeddedMongoDB } from './server';

const USAGE = `usage: embedded-mongodb --data DIR [--port 27017] [--host 127.0.0.1]

Exit status: 0 stopped when told to, 1 could not start or a commit failed, 2 wrong usage or a folder
of another version.`;

class UsageError extends Error {}

/** Runs the server until SIGTERM or SIGINT, or until a commit failed. */
async function main(): Promise<void> {
  const given = readArguments();
  const fail = (error: unknown) => end(whyNotStarted(error, given), statusOfFailedStart(error));
  const { data, port, host } = given;
  const starting = startEmbeddedMongoDB({ dataDir: data, port, host, onFailure: fail });
  const stop = (): void =>
    void starting.then((server) => server.stop()).then(() => process.exit(0), fail);
  // Before it listens: whoever starts it may end it as soon as it says so, and sooner.
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Started with an IPC channel, it ends with the process that started it.
  if (process.connected) process.once('disconnect', stop);
  const server = await starting.catch(fail);
  console.log(`embedded-mongodb listens on ${server.url}, data in ${data}`);
}

function readArguments(): StartArguments {
  const values = parse();
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!values.data) throw new UsageError('--data is missing');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${values.port} is no port`);
  }
  return { data: values.data, port, host: values.host };
}

function parse() {
  try {
    return parseArgs({
      options: {
        data: { type: 'string' },
        port: { type: 'string', default: '27017' },
        host: { type: 'string', default: '127.0.0.1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function end(problem: string, status: number): never {
  console.error(`embedded-mongodb: ${problem}`);
  process.exit(status);
}

main().catch((error: unknown) => {
  const problem = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) end(`${problem}\n${USAGE}`, 2);
  end(problem, 1);
});

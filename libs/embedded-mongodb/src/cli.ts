import { parseArgs } from 'node:util';
import { StoreLockedError } from '@daybook/embedded-store';
import { startEmbeddedMongoDB } from './server';

const USAGE = 'usage: embedded-mongodb --data DIR [--port 27017] [--host 127.0.0.1]';

/**
 * Runs the server until SIGTERM or SIGINT; exits 1 with one clear line when it cannot start, or
 * when a commit failed.
 */
async function main(): Promise<void> {
  const { dataDir, port, host } = readArguments();
  const starting = startEmbeddedMongoDB({ dataDir, port, host, onFailure: fail });
  const stop = (): void => {
    starting
      .then((server) => server.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
  };
  // Before it listens: whoever starts it may end it as soon as it says so, and sooner.
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Started with an IPC channel, it ends with the process that started it.
  if (process.connected) process.once('disconnect', stop);
  const server = await starting;
  console.log(`embedded-mongodb listens on ${server.url}, data in ${dataDir}`);
}

function readArguments(): { dataDir: string; port: number; host: string } {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '27017' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!values.data) throw new Error(`--data is missing\n${USAGE}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535\n${USAGE}`);
  }
  return { dataDir: values.data, port, host: values.host };
}

function fail(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof StoreLockedError) console.error(`embedded-mongodb: ${message}`);
  else if (code === 'EADDRINUSE') console.error(`embedded-mongodb: the port is taken: ${message}`);
  else console.error(`embedded-mongodb: ${message}`);
  process.exit(1);
}

main().catch(fail);

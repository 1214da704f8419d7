import { portOf, readArguments, runCommand, serve, UsageError } from '@daybook/embedded-store';
import { startEmbeddedMongoDB } from './server';

const name = 'embedded-mongodb';
const usage = `usage: embedded-mongodb --data DIR [--port 27017] [--host 127.0.0.1]

Exit status: 0 stopped when told to, 1 could not start or a commit failed, 2 wrong usage or a folder
of another version.`;

/** Runs the server until it is told to stop, or until a commit failed. */
async function main(): Promise<number | undefined> {
  const { values } = readArguments({
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '27017' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { data, host } = values;
  if (!data) throw new UsageError('--data is missing');
  const port = portOf(values.port);
  const server = await serve(name, { data, host, port }, (onFailure) =>
    startEmbeddedMongoDB({ dataDir: data, port, host, onFailure }),
  );
  console.log(`embedded-mongodb listens on ${server.url}, data in ${data}`);
  return undefined;
}

runCommand(name, usage, main);

import { parseArgs } from 'node:util';
import { startEmbeddedKurrentDB } from './server';

const usage = `embedded-kurrentdb: a durable single-node server that speaks KurrentDB's gRPC protocol

  embedded-kurrentdb --data DIR [--port 2113] [--host 127.0.0.1]`;

async function main(): Promise<number | undefined> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '2113' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (!values.data) {
    console.error(usage);
    return 2;
  }
  const server = await startEmbeddedKurrentDB({
    dataDir: values.data,
    port: Number(values.port),
    host: values.host,
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
  return undefined;
}

main().then(
  (code) => {
    if (code !== undefined) process.exit(code);
  },
  (error: unknown) => {
    console.error(`embedded-kurrentdb: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
